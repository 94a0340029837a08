import { defer, EMPTY, type Observable, type SchedulerLike } from 'rxjs'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { Store } from '../../store/Store.js'
import { describeDifference } from '../../config/describeDifference.js'
import type { Setup } from '../setUp.js'

export interface RecordReloadOptions {
  readonly store: Pick<Store, 'record'>
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/** Records in the audit trail what a reload changed and who asked for it. */
export function recordReload(
  { change }: Pick<Setup, 'change'>,
  { store, now, scheduler }: RecordReloadOptions,
): Observable<never> {
  if (change === undefined) return EMPTY
  const detail = { by: change.by, changes: describeDifference(change.difference) }
  return defer(() => {
    store.record({ at: now(), chain: '', kind: 'reload', detail })
    return EMPTY
  }).pipe(retryWhileUnwritable(scheduler))
}
