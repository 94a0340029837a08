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
 * Works for each item as long as the latest table holds it under its name; the work of one does not touch that of
 * another. An item that leaves, or has another in its place, is told by `gone$` and comes to its end in its own time:
 * only then the work begins for what has its name by now. What had it for a moment in between is never worked for.
 * Completes when the tables have and all work has.
 */
export function whilePresent<T extends object, R>(
  work: (item: T, name: string, gone$: Observable<unknown>) => ObservableInput<R>,
): OperatorFunction<ReadonlyMap<string, T>, R> {
  return (tables$) =>
    tables$.pipe(
      scan<ReadonlyMap<string, T>, Seats<T>>((before, table) => new Map([...vacated(before), ...table]), new Map()),
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

/** Who has each name that was ever given; nobody where it is free. */
type Seats<T> = ReadonlyMap<string, T | undefined>

function vacated<T>(seats: Seats<T>): Seats<T> {
  return new Map([...seats.keys()].map((name) => [name, undefined]))
}

/** Works for one after the other, each time for the latest; `latest$` replays it. */
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
