import { asyncScheduler, defer, finalize, from, type Observable, of, type SchedulerLike, timeout } from 'rxjs'

export interface TimeLimitOptions {
  /** Maximum wait for one call, in milliseconds; below 2^31. */
  readonly limitMs: number
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
}

/** Runs one call at a time. Emits `onTimeout` if the call takes too long. */
export type TimeLimit = <T>(call: (signal: AbortSignal) => Promise<T>, onTimeout: T) => Observable<T>

/**
 * Prevents a call that may hang, such as a write to a dead network disk, from blocking everything behind it.
 *
 * If a call exceeds the limit, `onTimeout` is emitted for it and for every further call until it has ended, so calls
 * never overlap. The signal of a call that was given up or unsubscribed from is aborted; the call must change nothing
 * after that. Errors if the call rejects in time.
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

/** Turns a synchronous throw of the call into a rejection. */
async function begun<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return call(signal)
}
