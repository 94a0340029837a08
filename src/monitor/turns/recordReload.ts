import { defer, EMPTY, type Observable, type SchedulerLike } from 'rxjs'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { Store } from '../../store/Store.js'
import { describeDifference } from '../../config/describeDifference.js'
import type { Setup } from '../setUp.js'

export interface RecordReloadOptions {
  readonly store: Pick<Store, 'record'>
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/** Writes into the audit trail what a configuration changed that was taken up under way, and who wanted it. */
export function recordReload(
  { change }: Pick<Setup, 'change'>,
  { store, now, scheduler }: RecordReloadOptions,
): Observable<never> {
  if (change === undefined) return EMPTY
  const detail = { by: change.by, changes: describeDifference(change.difference) }
  return defer(() => {
    store.record({ at: now(), chain: '', kind: 'reload', detail })
    return EMPTY
  }).pipe(retryWhileBusy(scheduler))
}
