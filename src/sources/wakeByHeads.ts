import { defer, distinctUntilChanged, filter, merge, NEVER, type Observable, Subject, switchMap, tap } from 'rxjs'
import { pollEvery, type PollOptions } from './pollEvery.js'

export interface WakeOptions<Look, T> extends Omit<
  PollOptions<T>,
  'periodMs' | 'waitsFirst' | 'restartWait$' | 'hasFailed'
> {
  /**
   * The looks at the head: the first a period after the subscription, the next a period after `restartWait$` at the
   * earliest.
   */
  heads(restartWait$: Observable<unknown>): Observable<Look>
  readonly hasFailed: (value: T) => boolean
}

/**
 * Merges looks at the head with the reads that they wake, one read at a time.
 *
 * - The first read is made at once. Looks begin when it has ended well, and the wait for the next one begins anew with
 *   the end of each read: by then it is known what the read has brought.
 * - A look wakes a read, which is given it: the outcome of a look that failed is for the read to tell.
 * - Heads go on while a slow read does. What is seen meanwhile is old when that has ended: however much it is, exactly
 *   one more read follows, which looks for itself. A look that fails meanwhile says nothing that the read does not.
 * - After a failed read there are no looks: the read is made again as {@link pollEvery} says, until one ends well.
 * - `trigger$` wakes a read that looks for itself.
 * - Never completes; errors only where `read` or `heads` does. Unsubscribing cancels the look and the read in flight.
 *
 * ```text
 * heads:   --------h---------i--
 * read:    [--a|   [-b|      [-c|      b is given h, c is given i
 * output:  ---a-----b---------c-
 * ```
 */
export function wakeByHeads<Look extends { readonly ok: boolean }, T>(
  read: (look?: Look) => Observable<T>,
  options: WakeOptions<Look, T>,
): Observable<T> {
  const { hasFailed, trigger$ = NEVER } = options
  return defer(() => {
    let isReading = false
    let isWell = true
    let fresh: Look | undefined
    // Whether the reads that have ended did so well.
    const ended$ = new Subject<boolean>()
    const look$ = ended$.pipe(
      distinctUntilChanged(),
      switchMap((isFollowing) => (isFollowing ? options.heads(ended$) : NEVER)),
      filter(({ ok }) => ok || !isReading),
      tap((look) => (fresh = isReading ? undefined : look)),
    )
    function readFresh(): Observable<T> {
      const look = fresh
      fresh = undefined
      isReading = true
      return read(look).pipe(
        tap({
          next: (value) => (isWell = !hasFailed(value)),
          complete: () => {
            isReading = false
            ended$.next(isWell)
          },
        }),
      )
    }
    return pollEvery(readFresh, { ...options, periodMs: Infinity, trigger$: merge(trigger$, look$) })
  })
}
