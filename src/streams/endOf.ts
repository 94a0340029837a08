import { endWith, ignoreElements, type Observable } from 'rxjs'

/**
 * Emits once when the source has completed, for use as `takeUntil(endOf(source$))`. Errors of the source pass through.
 */
export function endOf(source$: Observable<unknown>): Observable<undefined> {
  return source$.pipe(ignoreElements(), endWith(undefined))
}
