import { fromEvent, mergeMap, Observable, throwError } from 'rxjs'
import { SourceError } from '../domain/errors.js'

/**
 * Runs a promise-returning call per subscriber.
 *
 * - Emits its value and completes, or errors with its rejection.
 * - Unsubscribing aborts the signal; the rejection that follows is ignored.
 */
export function fromAbortable<T>(run: (signal: AbortSignal) => Promise<T>): Observable<T> {
  return new Observable<T>((subscriber) => {
    const controller = new AbortController()
    let isSettled = false
    run(controller.signal).then(
      (value) => {
        isSettled = true
        subscriber.next(value)
        subscriber.complete()
      },
      (cause: unknown) => {
        isSettled = true
        subscriber.error(cause)
      },
    )
    return () => {
      // After settling there is nothing to cancel, and each abort would create an error with a stack trace.
      if (!isSettled) controller.abort()
    }
  })
}

/** Emits nothing; errors with a transient `SourceError` of this message once `signal` is aborted. */
export function stopped(signal: AbortSignal, message: string): Observable<never> {
  return fromEvent(signal, 'abort').pipe(mergeMap(() => throwError(() => new SourceError('transient', message))))
}
