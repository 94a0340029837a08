import { defer, distinctUntilChanged, filter, merge, NEVER, type Observable, Subject, switchMap, tap } from 'rxjs'
import { pollEvery, type PollOptions } from './pollEvery.js'

export interface WakeOptions<Look, T> extends Omit<
  PollOptions<T>,
  'periodMs' | 'waitsFirst' | 'restartWait$' | 'hasFailed'
> {
  /**
   * Requests the head repeatedly: first one period after the subscription, then one period after the last request or
   * the last value of `restartWait$`, whichever is later.
   */
  heads(restartWait$: Observable<unknown>): Observable<Look>
  readonly hasFailed: (value: T) => boolean
}

/**
 * Polls the head, and starts a read for each head; runs one read at a time.
 *
 * - The first read starts at once. Polling of the head starts when that read has succeeded. The end of each read
 *   restarts the wait for the next head, because the result of the read is known by then.
 * - Each polled outcome (`Look`) starts a read and is passed to it. A failed one is passed as well, for the read to
 *   report.
 * - Polling of the head continues during a slow read. However many heads arrive meanwhile, exactly one more read
 *   follows; it gets no head, because those are outdated. Failed polls during a read are dropped.
 * - After a failed read the head is not polled: the read is retried as {@link pollEvery} describes, until one succeeds.
 * - `trigger$` starts a read without a head.
 * - Never completes; errors only if `read` or `heads` errors. Unsubscribing cancels the polling and the read in flight.
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
    // Emits at the end of each read: true if the read succeeded.
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
