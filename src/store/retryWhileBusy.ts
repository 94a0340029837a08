import { asyncScheduler, type MonoTypeOperatorFunction, retry, type SchedulerLike, throwError, timer } from 'rxjs'
import { isBusy } from './isBusy.js'

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
