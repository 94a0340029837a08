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
  /** The operator's command after a writing is still to end. */
  readonly isHookOwed: boolean
}

/**
 * Emits what the first whole poll came to, once each of its due upgrades is answered for, and completes.
 *
 * Takes the turns of one chain. The next `early` readings do not count: they were under way when the poll was asked
 * for. Nor does a portion of a history, as long as less and less of it is left. What a later reading does not ask for any more needs no answer.
 */
export function firstPollAfter(early: number): OperatorFunction<Turn, SyncResult> {
  return (turn$) =>
    turn$.pipe(
      scan(step, { early, open: [], isHookOwed: false }),
      filter(({ open, isHookOwed }) => open.length === 0 && !isHookOwed),
      map(({ result }) => result),
      filter((result) => result !== undefined),
      take(1),
    )
}

function step({ early, result, open }: Progress, turn: Turn): Progress {
  const isHookOwed = [...turn.state.upgrades.values()].some(({ hook }) => hook === 'owed')
  if (result !== undefined)
    return { early, result, isHookOwed, open: open.filter((asked, index) => isOpenAfter(asked, index, turn)) }
  if (turn.cause !== 'reading' && turn.cause !== 'failure') return { early, open, isHookOwed }
  const { backlog, state } = turn.state.health
  // A backlog that does not become less has no end to wait for.
  const isWhole = turn.cause === 'failure' || backlog === 0n || state === 'stalled'
  if (early > 0 || !isWhole) return { early: Math.max(0, early - 1), open, isHookOwed }
  return { early, result: syncResultOf(turn), open: asksOf(turn), isHookOwed }
}

function isOpenAfter(asked: string, index: number, turn: Turn): boolean {
  if (turn.cause === 'reading') return asksOf(turn).includes(asked)
  if (turn.cause !== 'write') return true
  return turn.answer === undefined ? index > 0 : answerOf(turn.answer) !== asked
}
