import type { OutboxItem } from '../Store.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxStore } from './OutboxOptions.js'

/** Writes down what the report says, first in the outbox, then in the audit trail. Throws `StoreError`. */
export function settleDelivery(store: OutboxStore, item: OutboxItem, report: DeliveryReport): DeliveryReport {
  if (report.result === 'delivered') store.delivered(item, report.at)
  else if (report.result === 'postponed') store.postpone(item, report.until, report.reason)
  else store.bury(item, report.at, report.reason)
  const { at, chain, ...detail } = report
  store.record({ at, chain, kind: 'delivery', detail })
  return report
}
