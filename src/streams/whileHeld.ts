import { dematerialize, from, materialize, type ObservableInput, type OperatorFunction, switchMap } from 'rxjs'

/**
 * Runs work with the first value of a source that stays open, such as a held resource. When the work completes, the
 * result completes and unsubscribes from the source. Errors of either pass through.
 */
export function whileHeld<T, R>(work: (value: T) => ObservableInput<R>): OperatorFunction<T, R> {
  return (source$) =>
    source$.pipe(
      switchMap((value) => from(work(value)).pipe(materialize())),
      dematerialize(),
    )
}
