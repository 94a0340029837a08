import { fromEvent, mergeMap, Observable, throwError } from 'rxjs'
import { SourceError } from '../domain/errors.js'

/**
 * Runs a promise-returning call per subscriber.
 *
 * - Emits its value and completes, or errors with its rejection.
 * - Unsubscribing aborts the signal; the rejection that follows is nobody's error.
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
      // Nobody is left to hear it, and each abort makes an error with a stack.
      if (!isSettled) controller.abort()
    }
  })
}

/** Errors once `signal` is aborted, with a transient `SourceError` of this message; emits nothing. */
export function stopped(signal: AbortSignal, message: string): Observable<never> {
  return fromEvent(signal, 'abort').pipe(mergeMap(() => throwError(() => new SourceError('transient', message))))
}
