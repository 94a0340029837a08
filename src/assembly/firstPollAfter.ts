import { filter, map, type OperatorFunction, scan, take } from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import { answerOf, asksOf } from '../domain/turnAsks.js'
import { type SyncResult, syncResultOf } from './Monitor.js'

interface Progress {
  /** Readings to come that began too early to count. */
  readonly early: number
  readonly result?: SyncResult
  /** What that poll asked of the writer and is neither answered nor taken back yet. */
  readonly open: readonly string[]
}

/**
 * Emits what the first whole poll came to, once each of its due upgrades is answered for, and completes.
 *
 * Takes the turns of one chain. The next `early` readings do not count: they were under way when the poll was asked
 * for. Nor does a portion of a history. What a later reading does not ask for any more needs no answer.
 */
export function firstPollAfter(early: number): OperatorFunction<Turn, SyncResult> {
  return (turn$) =>
    turn$.pipe(
      scan(step, { early, open: [] }),
      filter(({ open }) => open.length === 0),
      map(({ result }) => result),
      filter((result) => result !== undefined),
      take(1),
    )
}

function step({ early, result, open }: Progress, turn: Turn): Progress {
  if (result !== undefined) return { early, result, open: open.filter((asked, index) => isOpenAfter(asked, index, turn)) }
  if (turn.cause === 'write') return { early, open }
  const isWhole = turn.cause === 'failure' || turn.state.health.backlog === 0n
  return early > 0 || !isWhole ? { early: Math.max(0, early - 1), open } : { early, result: syncResultOf(turn), open: asksOf(turn) }
}

function isOpenAfter(asked: string, index: number, turn: Turn): boolean {
  if (turn.cause === 'reading') return asksOf(turn).includes(asked)
  if (turn.cause !== 'write') return true
  return turn.answer === undefined ? index > 0 : answerOf(turn.answer) !== asked
}
