import {
  asyncScheduler,
  concatMap,
  defer,
  EMPTY,
  filter,
  from,
  merge,
  NEVER,
  type Observable,
  type ObservableInput,
  of,
  type SchedulerLike,
  Subject,
  switchMap,
  tap,
  timer,
} from 'rxjs'

/** When to read, and how long to wait after failures. */
export interface PollOptions<T> {
  /**
   * Wait between the end of one read and the start of the next, in milliseconds. Below 2^31, or `Infinity` if only a
   * trigger ends the wait. A function is called after every read.
   */
  readonly periodMs: number | (() => number)
  /** Whether to wait before the first read as well. @defaultValue false: the first read begins at once */
  readonly waitsFirst?: boolean
  /** Restarts the current wait and computes its length anew; ignored during a read. @defaultValue never */
  readonly restartWait$?: Observable<unknown>
  /** Maximum wait while reads keep failing, in milliseconds. @defaultValue 60,000 */
  readonly maxBackoffMs?: number
  /** Returns true if a read failed. @defaultValue no read counts as failed */
  readonly hasFailed?: (value: T) => boolean
  /** Requests a read now; during a read it causes exactly one more. @defaultValue never */
  readonly trigger$?: Observable<unknown>
  /** Returns a number in [0, 1) that spreads the waits after failures. @defaultValue no spread */
  readonly random?: () => number
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
}

/**
 * Reads at once, and again a period after each read has ended.
 *
 * - Reads never overlap. A trigger during a read is remembered: one more read follows at once.
 * - After failures the wait doubles from one second up to `maxBackoffMs`, whatever `periodMs` is. `random` spreads it
 *   between half and all of that. A good read resets it.
 * - Never completes; errors only if `read` errors. Unsubscribing cancels the read in flight.
 *
 * ```text
 * read:    [--a|   [--b|[--c|
 * trigger: ----------x-------
 * output:  ---a------b----c--
 * ```
 */
export function pollEvery<T>(read: () => ObservableInput<T>, options: PollOptions<T>): Observable<T> {
  const {
    periodMs,
    waitsFirst = false,
    restartWait$ = NEVER,
    maxBackoffMs = 60_000,
    hasFailed = () => false,
    trigger$ = NEVER,
    scheduler = asyncScheduler,
  } = options
  const random = options.random ?? ((): number => 1)
  return defer(() => {
    let failures = 0
    let wanted = false
    // Busy until every input is subscribed to, so that a trigger meanwhile does not cause a read of its own.
    let isBusy = true
    const idle$ = new Subject<void>()
    const waitMs = (): number => {
      if (failures === 0) return typeof periodMs === 'number' ? periodMs : periodMs()
      const backoff = Math.min(maxBackoffMs, 1000 * 2 ** Math.min(failures - 1, 30))
      return Math.max(1, Math.round(backoff * (0.5 + random() / 2)))
    }
    function untilNext(): Observable<unknown> {
      if (wanted) return of(undefined)
      const ms = waitMs()
      return ms === Infinity ? NEVER : timer(ms, scheduler)
    }
    // One subscription serves all reads: with many chains, a new one for each read would cost more than the wait.
    const due$ = merge(idle$, restartWait$).pipe(
      filter(() => !isBusy),
      switchMap(untilNext),
    )
    const begin$ = defer(() => {
      isBusy = false
      if (!waitsFirst) return of(undefined)
      idle$.next()
      return EMPTY
    })
    function readOnce(): Observable<T> {
      wanted = false
      return from(read()).pipe(
        tap({
          next: (value) => (failures = hasFailed(value) ? failures + 1 : 0),
          complete: () => {
            isBusy = false
            idle$.next()
          },
        }),
      )
    }
    return merge(trigger$.pipe(tap(() => (wanted = true))), due$, begin$).pipe(
      filter(() => !isBusy),
      // The read before may still be being torn down: what is triggered meanwhile is part of this one.
      tap(() => (isBusy = true)),
      concatMap(readOnce),
    )
  })
}
