import { defer, type Observable, of } from 'rxjs'
import { defined } from '../../domain/defined.js'
import type { Json } from '../../domain/text/json.js'
import type { OutboxItem } from '../../store/DeliveryStore.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxOptions } from './OutboxOptions.js'

/**
 * Records the report in the outbox and then in the audit trail, and emits it. It waits while the state cannot be
 * written, so that a delivered row is not delivered again. `isOrphan` marks a row whose handler is not configured.
 * Errors with a `StoreError`.
 */
export function recordDelivery(
  item: OutboxItem,
  report: DeliveryReport,
  { store, scheduler }: Pick<OutboxOptions, 'store' | 'scheduler'>,
  { posted, isOrphan }: { readonly posted?: Json; readonly isOrphan?: true } = {},
): Observable<DeliveryReport> {
  return defer(() => {
    if (report.result === 'delivered') store.delivered(item, report.at, posted)
    else if (report.result === 'postponed') store.postpone(item, report.until, report)
    else store.bury(item, report.at, { ...report, ...defined({ isOrphan }) })
    const { at, chain, ...detail } = report
    store.record({ at, chain, kind: 'delivery', detail })
    return of(report)
  }).pipe(retryWhileUnwritable(scheduler))
}
