import type { Observable, Observer, Subscription } from 'rxjs'
import { onTestFinished } from 'vitest'

/**
 * Subscribes until the test is over: a follower of a stopped server would reconnect as long as
 * the process lives.
 */
export function follow<T>(
  stream$: Observable<T>,
  observer: Partial<Observer<T>> | ((value: T) => void) = {},
): Subscription {
  const subscription = typeof observer === 'function' ? stream$.subscribe(observer) : stream$.subscribe(observer)
  onTestFinished(() => subscription.unsubscribe())
  return subscription
}
