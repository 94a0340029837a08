import { concatMap, defer, from, type Observable } from 'rxjs'
import type { OutboxItem } from '../../store/DeliveryStore.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxOptions } from './OutboxOptions.js'
import { recordDelivery } from './recordDelivery.js'

const atOnce = 100

/** Buries due rows of handlers that are not configured any more, where they can be found and revived. */
export function buryOrphans(options: OutboxOptions): Observable<DeliveryReport> {
  const { store, handlers, now, scheduler } = options
  const orphans = (): readonly OutboxItem[] => {
    store.forgetOutages(handlers.keys())
    return store
      .waitingHandlers()
      .filter((handler) => !handlers.has(handler))
      .flatMap((handler) => store.due(now(), atOnce, handler))
  }
  return defer(() => from(orphans())).pipe(
    retryWhileBusy(scheduler),
    concatMap((item) =>
      recordDelivery(
        item,
        {
          handler: item.handler,
          id: item.notification.id,
          chain: item.notification.chain,
          attempt: item.attempts,
          at: now(),
          result: 'buried',
          reason: `No handler ${item.handler} is configured any more.`,
        },
        options,
      ),
    ),
  )
}
