import { filter, map, type OperatorFunction, scan, take } from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import { type SyncResult, syncResultOf } from './Monitor.js'

interface Progress {
  /** Readings to come that began too early to count. */
  readonly early: number
  readonly result?: SyncResult
  /** Upgrades and a file of that poll that are still to be answered for. */
  readonly unanswered: number
  /** The operator's command after a writing is still to end. */
  readonly isHookOwed: boolean
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
      scan(step, { early, unanswered: 0, isHookOwed: false }),
      filter(({ unanswered, isHookOwed }) => unanswered === 0 && !isHookOwed),
      map(({ result }) => result),
      filter((result) => result !== undefined),
      take(1),
    )
}

function step({ early, result, unanswered }: Progress, turn: Turn): Progress {
  const isHookOwed = [...turn.state.upgrades.values()].some(({ hook }) => hook === 'owed')
  if (result !== undefined) return { early, result, isHookOwed, unanswered: turn.cause === 'write' ? unanswered - 1 : unanswered }
  if (turn.cause !== 'reading' && turn.cause !== 'failure') return { early, unanswered, isHookOwed }
  const isWhole = turn.cause === 'failure' || turn.state.health.backlog === 0n
  if (early > 0 || !isWhole) return { early: Math.max(0, early - 1), unanswered, isHookOwed }
  const files = [turn.stale, turn.finished].filter((plan) => plan !== undefined)
  return { early, result: syncResultOf(turn), isHookOwed, unanswered: turn.due.length + files.length }
}
