import { asyncScheduler, defer, finalize, from, type Observable, of, type SchedulerLike, timeout } from 'rxjs'

export interface PatienceOptions {
  /** Longest wait for one call, in milliseconds; below 2^31. */
  readonly limitMs: number
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
}

/** One call at a time; `late` is the answer where it takes too long. */
export type Patience = <T>(call: (signal: AbortSignal) => Promise<T>, late: T) => Observable<T>

/**
 * Keeps a call that may hang, such as a write to a dead network disk, from holding up everything behind it.
 *
 * A call that takes longer than the limit is answered by `late`, and so is every further one until it has ended:
 * calls never overlap. The signal of a call that was given up, or unsubscribed from, is aborted: it must change
 * nothing any more. Errors where the call rejects in time.
 */
export function patiently({ limitMs, scheduler = asyncScheduler }: PatienceOptions): Patience {
  let busy = false
  return (call, late) =>
    defer(() => {
      if (busy) return of(late)
      busy = true
      const controller = new AbortController()
      const ended = call(controller.signal).finally(() => {
        busy = false
      })
      return from(ended).pipe(
        timeout({ each: limitMs, scheduler, with: () => of(late) }),
        finalize(() => controller.abort()),
      )
    })
}
