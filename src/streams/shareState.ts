import { type MonoTypeOperatorFunction, ReplaySubject, share } from 'rxjs'

/**
 * One upstream subscription for all; a late subscriber gets the latest value first.
 *
 * The last unsubscribe disconnects and forgets; so do an error and the end: who comes after starts afresh.
 */
export function shareState<T>(): MonoTypeOperatorFunction<T> {
  return share({
    connector: () => new ReplaySubject<T>(1),
    resetOnError: true,
    resetOnComplete: true,
    resetOnRefCountZero: true,
  })
}
