import { filter, map, type OperatorFunction, scan, take } from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import { type SyncResult, syncResultOf } from './Monitor.js'

interface Progress {
  /** Readings to come that began too early to count. */
  readonly early: number
  readonly result?: SyncResult
  /** Upgrades and a file of that poll that are still to be answered for. */
  readonly unanswered: number
}

/**
 * Emits what the first whole poll came to, once each of its due upgrades is answered for, and completes.
 *
 * Takes the turns of one chain. The next `early` readings do not count: they were under way, or waited behind the
 * writer, when the poll was asked for. Nor does a portion of a history.
 */
export function firstPollAfter(early: number): OperatorFunction<Turn, SyncResult> {
  return (turn$) =>
    turn$.pipe(
      scan(step, { early, unanswered: 0 }),
      filter(({ unanswered }) => unanswered === 0),
      map(({ result }) => result),
      filter((result) => result !== undefined),
      take(1),
    )
}

function step({ early, result, unanswered }: Progress, turn: Turn): Progress {
  if (result !== undefined) return { early, result, unanswered: unanswered - 1 }
  if (turn.cause === 'write' || turn.cause === 'start') return { early, unanswered }
  const isWhole = turn.cause === 'failure' || turn.state.health.backlog === 0n
  return early > 0 || !isWhole ? { early: Math.max(0, early - 1), unanswered } : { early, result: syncResultOf(turn), unanswered: turn.due.length + (turn.stale === undefined ? 0 : 1) }
}
