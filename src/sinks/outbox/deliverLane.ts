import { concat, concatMap, defer, EMPTY, from, type Observable, of, takeWhile } from 'rxjs'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import { attemptDelivery } from './attemptDelivery.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxLane, OutboxOptions } from './OutboxOptions.js'

// Looked up together: among many rows that wait for another try, those that are due are found once for all of these.
const atOnce = 100

/**
 * One pass over what is due at one handler when the pass begins: oldest first, one at a time, each row once.
 * Ends early where the receiver asked to be left alone for a while.
 */
export function deliverLane(key: string, lane: OutboxLane, options: OutboxOptions): Observable<DeliveryReport> {
  return defer(() => {
    const start = options.now()
    return batch(start).pipe(takeWhile((report) => !(report.result === 'postponed' && report.held), true))
  })

  function batch(start: number): Observable<DeliveryReport> {
    // Where the clock has stepped back, what this pass postponed lies before its start.
    return defer(() => of(options.store.due(Math.min(start, options.now()), atOnce, key))).pipe(
      retryWhileBusy(options.scheduler),
      concatMap((items) =>
        concat(
          from(items).pipe(concatMap((item) => attemptDelivery(item, lane, options))),
          items.length < atOnce ? EMPTY : batch(start),
        ),
      ),
    )
  }
}
