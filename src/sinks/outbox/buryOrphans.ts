import { concatMap, defer, EMPTY, from, type Observable, repeat, timer } from 'rxjs'
import type { OutboxItem } from '../../store/DeliveryStore.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxOptions } from './OutboxOptions.js'
import { recordDelivery } from './recordDelivery.js'

const atOnce = 100

/**
 * Moves all due rows of handlers that are no longer configured to the dead letters, from where they can be sent again.
 * Each is one commit; between two portions of many rows, other work gets its turn.
 */
export function buryOrphans(options: OutboxOptions): Observable<DeliveryReport> {
  const { store, handlers, now, scheduler } = options
  return defer(() => {
    let isMore = false
    const portion = (): readonly OutboxItem[] => {
      store.forgetOutages(handlers.keys())
      const found = store
        .waitingHandlers()
        .filter((handler) => !handlers.has(handler))
        .map((handler) => store.due(now(), atOnce, handler))
      isMore = found.some(({ length }) => length === atOnce)
      return found.flat()
    }
    return defer(() => from(portion())).pipe(
      retryWhileUnwritable(scheduler),
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
          { isOrphan: true },
        ),
      ),
      repeat({ delay: () => (isMore ? timer(0, scheduler) : EMPTY) }),
    )
  })
}
