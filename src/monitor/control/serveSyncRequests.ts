import {
  concatMap,
  defer,
  EMPTY,
  exhaustMap,
  ignoreElements,
  interval,
  type Observable,
  type SchedulerLike,
} from 'rxjs'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { Store } from '../../store/Store.js'
import type { SyncResult } from '../Monitor.js'

const everyMs = 500

/**
 * Serves the syncs that other processes request through the state file, while it is subscribed. One sync answers all
 * waiting requests. Failures are returned as JSON, a list of chain, kind and message.
 */
export function serveSyncRequests(
  store: Pick<Store, 'pendingSyncs' | 'finishSync' | 'outdate'>,
  readAll: () => Observable<readonly SyncResult[]>,
  scheduler: SchedulerLike,
): Observable<never> {
  return interval(everyMs, scheduler).pipe(
    exhaustMap(() => {
      const pending = store.pendingSyncs()
      if (pending.length === 0) return EMPTY
      store.outdate?.()
      return readAll().pipe(
        concatMap((results) =>
          defer(() => {
            const failures = results.flatMap((result) =>
              result.ok ? [] : [{ chain: result.chain, ...result.failure }],
            )
            for (const request of pending)
              store.finishSync(request, failures.length === 0 ? undefined : JSON.stringify(failures))
            return EMPTY
          }).pipe(retryWhileUnwritable(scheduler)),
        ),
      )
    }),
    ignoreElements(),
  )
}
