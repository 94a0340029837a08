import { asyncScheduler, type MonoTypeOperatorFunction, retry, type SchedulerLike, throwError, timer } from 'rxjs'
import { isUnwritable } from './isUnwritable.js'

const pauseMs = 500

/**
 * Resubscribes every half second while another process, such as a backup, keeps the state locked, or while its
 * disk is full. The source must do all or nothing, or be repeatable. Other errors pass through.
 */
export function retryWhileUnwritable<T>(scheduler: SchedulerLike = asyncScheduler): MonoTypeOperatorFunction<T> {
  return retry({
    delay: (cause: unknown) => (isUnwritable(cause) ? timer(pauseMs, scheduler) : throwError(() => cause)),
  })
}
