import { merge, type Observable } from 'rxjs'
import { buryOrphans } from './buryOrphans.js'
import { deliverLane } from './deliverLane.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxOptions } from './OutboxOptions.js'

/**
 * Delivers what is due now, each row once, and completes: the drain before a stop, and what `sync` does.
 * Handlers do not wait for each other; within one, the oldest comes first.
 */
export function deliverDue(options: OutboxOptions): Observable<DeliveryReport> {
  return merge(buryOrphans(options), ...[...options.handlers].map(([key, lane]) => deliverLane(key, lane, options)))
}
