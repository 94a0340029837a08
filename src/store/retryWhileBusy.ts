import { asyncScheduler, type MonoTypeOperatorFunction, retry, type SchedulerLike, throwError, timer } from 'rxjs'
import { StoreError } from '../domain/errors.js'

const pauseMs = 500
// Ten seconds, which a backup may take, and then each ten minutes.
const longTries = 20
const tellEvery = 1_200

/**
 * Subscribes again where another process, such as a backup, keeps the state locked: twice a second, for as long as it
 * takes. The source must be all or nothing, or bear to be repeated. Every other error comes through.
 *
 * @param onLong - Called where that takes long, and now and then while it goes on.
 */
export function retryWhileBusy<T>(
  scheduler: SchedulerLike = asyncScheduler,
  onLong?: () => void,
): MonoTypeOperatorFunction<T> {
  return retry({
    delay: (cause: unknown, tries) => {
      if (!isBusy(cause)) return throwError(() => cause)
      if (tries % tellEvery === longTries) onLong?.()
      return timer(pauseMs, scheduler)
    },
  })
}

/** True where the state is locked by another process for now. */
export function isBusy(cause: unknown): boolean {
  return cause instanceof StoreError && cause.kind === 'transient'
}
