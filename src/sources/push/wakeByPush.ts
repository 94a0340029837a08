import { defer, filter, type Observable, Subject, tap } from 'rxjs'
import type { Reading } from '../../domain/reading.js'

/** The polls of one chain, and the pushes that wake them. */
export interface PushedPolls {
  /** Reads at its own pace, and whenever `wake$` emits. */
  poll(wake$: Observable<unknown>): Observable<Reading>
  /** Emits for every pushed head. `polled$` emits the heads that polls saw. */
  push(polled$: Observable<bigint>): Observable<unknown>
}

/**
 * Polls one chain at its own pace and on every pushed head. The polled heads show whether the socket still works. After
 * a failed reading pushes are ignored until a reading succeeds, so that the back-off of the polls applies.
 */
export function wakeByPush(polls: PushedPolls): Observable<Reading> {
  return defer(() => {
    let isWell = true
    const polled$ = new Subject<bigint>()
    return polls.poll(polls.push(polled$).pipe(filter(() => isWell))).pipe(
      tap((reading) => {
        isWell = reading.ok
        if (reading.ok && reading.lagging === undefined) polled$.next(reading.head.number)
      }),
    )
  })
}
