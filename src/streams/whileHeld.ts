import { dematerialize, from, materialize, type ObservableInput, type OperatorFunction, switchMap } from 'rxjs'

/**
 * Works with the first value of a source that stays open, such as a held resource, and completes when the work
 * does, letting go of the source. Errors of either come through.
 */
export function whileHeld<T, R>(work: (value: T) => ObservableInput<R>): OperatorFunction<T, R> {
  return (source$) =>
    source$.pipe(
      switchMap((value) => from(work(value)).pipe(materialize())),
      dematerialize(),
    )
}
