import { asyncScheduler, type MonoTypeOperatorFunction, retry, type SchedulerLike, throwError, timer } from 'rxjs'
import { isBusy } from './isBusy.js'

const pauseMs = 500

/**
 * Resubscribes every half second while another process, such as a backup, keeps the state locked, or while its
 * disk is full. The source must do all or nothing, or be repeatable. Other errors pass through.
 */
export function retryWhileBusy<T>(scheduler: SchedulerLike = asyncScheduler): MonoTypeOperatorFunction<T> {
  return retry({
    delay: (cause: unknown) => (isBusy(cause) ? timer(pauseMs, scheduler) : throwError(() => cause)),
  })
}
