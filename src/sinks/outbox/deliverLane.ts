import { concatMap, defer, EMPTY, expand, type Observable, of } from 'rxjs'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import { attemptDelivery } from './attemptDelivery.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { Lane, OutboxOptions } from './OutboxOptions.js'

/**
 * One pass over what is due at one handler when the pass begins: oldest first, one at a time, each row once.
 * Ends early where the receiver asked to be left alone for a while.
 */
export function deliverLane(key: string, lane: Lane, options: OutboxOptions): Observable<DeliveryReport> {
  return defer(() => {
    const start = options.now()
    return next(start).pipe(expand((report) => (report.result === 'postponed' && report.held ? EMPTY : next(start))))
  })

  function next(start: number): Observable<DeliveryReport> {
    // Where the clock has stepped back, what this pass postponed lies before its start.
    return defer(() => of(options.store.due(Math.min(start, options.now()), 1, key))).pipe(
      retryWhileBusy(options.scheduler),
      concatMap(([item]) => (item === undefined ? EMPTY : attemptDelivery(item, lane, options))),
    )
  }
}
