import { asyncScheduler, defer, finalize, from, type Observable, of, type SchedulerLike, timeout } from 'rxjs'

export interface TimeLimitOptions {
  /** Longest wait for one call, in milliseconds; below 2^31. */
  readonly limitMs: number
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
}

/** One call at a time; `onTimeout` is the answer where it takes too long. */
export type TimeLimit = <T>(call: (signal: AbortSignal) => Promise<T>, onTimeout: T) => Observable<T>

/**
 * Keeps a call that may hang, such as a write to a dead network disk, from holding up everything behind it.
 *
 * A call that takes longer than the limit is answered by `onTimeout`, and so is every further one until it has ended:
 * calls never overlap. The signal of a call that was given up, or unsubscribed from, is aborted: it must change
 * nothing any more. Errors where the call rejects in time.
 */
export function withTimeLimit({ limitMs, scheduler = asyncScheduler }: TimeLimitOptions): TimeLimit {
  let busy = false
  return (call, onTimeout) =>
    defer(() => {
      if (busy) return of(onTimeout)
      busy = true
      const controller = new AbortController()
      const ended = begun(call, controller.signal).finally(() => {
        busy = false
      })
      return from(ended).pipe(
        timeout({ each: limitMs, scheduler, with: () => of(onTimeout) }),
        finalize(() => controller.abort()),
      )
    })
}

/** What throws before it has a promise has rejected. */
async function begun<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return call(signal)
}
