import { defer, filter, type Observable, Subject, tap } from 'rxjs'
import type { Reading } from '../../domain/reading.js'

/** Polls, and the pushes that wake them. */
export interface PushedPolls {
  /** Reads whenever it is woken, and by itself. */
  poll(wake$: Observable<unknown>): Observable<Reading>
  /** Emits for every pushed head, and is given the heads that polls saw. */
  push(polled$: Observable<bigint>): Observable<unknown>
}

/**
 * Polls of one chain that pushed heads wake, beside their own pace. What they read says whether the socket goes on.
 * After a failed reading pushes wake nothing until one is good: a node that fails is asked ever more seldom.
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
