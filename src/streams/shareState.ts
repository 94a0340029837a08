import { type MonoTypeOperatorFunction, ReplaySubject, share } from 'rxjs'

/**
 * Shares one upstream subscription and replays the latest value to late subscribers.
 *
 * When the last subscriber leaves, and when the source errors or completes, the value is dropped and the next
 * subscriber starts a new upstream subscription.
 */
export function shareState<T>(): MonoTypeOperatorFunction<T> {
  return share({
    connector: () => new ReplaySubject<T>(1),
    resetOnError: true,
    resetOnComplete: true,
    resetOnRefCountZero: true,
  })
}
