import { concat, concatMap, defer, EMPTY, from, type Observable, of, repeat, takeWhile, tap } from 'rxjs'
import { subjectOf } from '../../domain/notifications/notification.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { OutboxItem } from '../../store/Store.js'
import { attemptDelivery } from './attemptDelivery.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxLane, OutboxOptions } from './OutboxOptions.js'

// Looked up together: among many rows that wait for another try, those that are due are found once for all of these.
const atOnce = 100

/**
 * One pass over what is due at one handler when the pass begins: oldest first, one at a time, each row once. What is
 * critical comes first, also what came while the pass was under way. A row behind one of its subject that failed in
 * this pass is left for a later one. Ends early where the receiver asked to be left alone for a while.
 */
export function deliverLane(key: string, lane: OutboxLane, options: OutboxOptions): Observable<DeliveryReport> {
  const { store, now, scheduler } = options

  return defer(() => {
    const start = now()
    const seen = new Set<string>()
    const failed = new Set<string>()

    function attemptOnce(item: OutboxItem): Observable<DeliveryReport> {
      const { id, priority } = item.notification
      const subject = subjectOf(item.notification)
      if (seen.has(id) || (failed.has(subject) && priority !== 'critical')) return EMPTY
      seen.add(id)
      return attemptDelivery(item, lane, options).pipe(
        tap(({ result }) => {
          if (result === 'postponed') failed.add(subject)
        }),
      )
    }
    const urgent$ = defer(() => {
      let isMore = true
      return defer(() => of(store.urgent(now(), key))).pipe(
        retryWhileBusy(scheduler),
        concatMap((item) => {
          isMore = item !== undefined && !seen.has(item.notification.id)
          return item === undefined ? EMPTY : attemptOnce(item)
        }),
        repeat({ delay: () => (isMore ? of(undefined) : EMPTY) }),
      )
    })
    const batch$: Observable<DeliveryReport> = defer(() =>
      // Where the clock has stepped back, what this pass postponed lies before its start.
      of(store.due(Math.min(start, now()), atOnce, key)),
    ).pipe(
      retryWhileBusy(scheduler),
      concatMap((items) =>
        concat(
          from(items).pipe(
            concatMap((item) =>
              concat(
                urgent$,
                defer(() => attemptOnce(item)),
              ),
            ),
          ),
          items.length < atOnce ? urgent$ : batch$,
        ),
      ),
    )
    return batch$.pipe(takeWhile((report) => !(report.result === 'postponed' && report.held), true))
  })
}
