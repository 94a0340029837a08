import { connect, filter, merge, type MonoTypeOperatorFunction, type SchedulerLike, throttleTime } from 'rxjs'
import type { Turn } from '../../domain/chainState.js'

const lookMs = 1_000

/**
 * The turns after which the outbox is looked at: those that added rows, and of the others one a second. Another process
 * may have put rows back, such as dead letters.
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
