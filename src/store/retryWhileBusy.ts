import { asyncScheduler, type MonoTypeOperatorFunction, retry, type SchedulerLike, throwError, timer } from 'rxjs'
import { StoreError } from '../domain/errors.js'

const pauseMs = 500

/**
 * Subscribes again where another process, such as a backup, keeps the state locked: twice a second, for as long as it
 * takes. The source must be all or nothing, or bear to be repeated. Every other error comes through.
 */
export function retryWhileBusy<T>(scheduler: SchedulerLike = asyncScheduler): MonoTypeOperatorFunction<T> {
  return retry({
    delay: (cause: unknown) => (isBusy(cause) ? timer(pauseMs, scheduler) : throwError(() => cause)),
  })
}

/** True where the state is locked by another process for now. */
export function isBusy(cause: unknown): boolean {
  return cause instanceof StoreError && cause.kind === 'transient'
}
