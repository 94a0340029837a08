import { connect, filter, merge, type MonoTypeOperatorFunction, type SchedulerLike, throttleTime } from 'rxjs'
import type { Turn } from '../../domain/chainState.js'

const lookMs = 1_000

/**
 * Emits the turns after which the outbox is checked: each turn that added rows, and at most one of the others each
 * second. Another process may have put rows back, such as dead letters.
 */
export function outboxCalls(scheduler: SchedulerLike): MonoTypeOperatorFunction<Turn> {
  const addsRows = ({ announcements }: Turn): boolean => announcements.length > 0
  return connect((turn$) =>
    merge(
      turn$.pipe(filter(addsRows)),
      turn$.pipe(
        filter((turn) => !addsRows(turn)),
        throttleTime(lookMs, scheduler),
      ),
    ),
  )
}
