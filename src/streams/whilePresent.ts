import {
  concatMap,
  connect,
  distinctUntilChanged,
  EMPTY,
  filter,
  groupBy,
  mergeMap,
  type Observable,
  type ObservableInput,
  type OperatorFunction,
  ReplaySubject,
  scan,
  take,
} from 'rxjs'

/**
 * Runs work for each item while the latest table holds it under its name; items do not affect each other. When an item
 * is removed or replaced, `gone$` emits and its work ends in its own time. Only then does the work for the latest item
 * of that name begin; items that were replaced meanwhile are skipped. Completes when the tables have completed and all
 * work is done.
 */
export function whilePresent<T extends object, R>(
  work: (item: T, name: string, gone$: Observable<unknown>) => ObservableInput<R>,
): OperatorFunction<ReadonlyMap<string, T>, R> {
  return (tables$) =>
    tables$.pipe(
      scan<ReadonlyMap<string, T>, Seats<T>>((before, table) => new Map([...emptied(before), ...table]), new Map()),
      mergeMap((seats) => seats),
      groupBy(([name]) => name, { element: ([, item]) => item }),
      mergeMap((seat$) =>
        seat$.pipe(
          distinctUntilChanged(),
          connect((latest$) => inTurn(latest$, (item, gone$) => work(item, seat$.key, gone$)), {
            connector: () => new ReplaySubject(1),
          }),
        ),
      ),
    )
}

/** The item of each name that was ever used; undefined if the name is free. */
type Seats<T> = ReadonlyMap<string, T | undefined>

function emptied<T>(seats: Seats<T>): Seats<T> {
  return new Map([...seats.keys()].map((name) => [name, undefined]))
}

/** Runs work for one item after another, each time for the latest one. `latest$` must replay it. */
function inTurn<T extends object, R>(
  latest$: Observable<T | undefined>,
  work: (item: T, gone$: Observable<unknown>) => ObservableInput<R>,
): Observable<R> {
  return latest$.pipe(
    concatMap((item) =>
      latest$.pipe(
        take(1),
        concatMap((latest) =>
          item === undefined || latest !== item ? EMPTY : work(item, latest$.pipe(filter((other) => other !== item))),
        ),
      ),
    ),
  )
}
