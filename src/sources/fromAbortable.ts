import { Observable } from 'rxjs'

/**
 * Runs a promise-returning call per subscriber.
 *
 * - Emits its value and completes, or errors with its rejection.
 * - Unsubscribing aborts the signal; the rejection that follows is nobody's error.
 */
export function fromAbortable<T>(run: (signal: AbortSignal) => Promise<T>): Observable<T> {
  return new Observable<T>((subscriber) => {
    const controller = new AbortController()
    run(controller.signal).then(
      (value) => {
        subscriber.next(value)
        subscriber.complete()
      },
      (cause: unknown) => {
        subscriber.error(cause)
      },
    )
    return () => {
      controller.abort()
    }
  })
}
