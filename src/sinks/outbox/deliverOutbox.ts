import {
  asyncScheduler,
  concat,
  connect,
  defer,
  EMPTY,
  endWith,
  ignoreElements,
  merge,
  type Observable,
  of,
  repeat,
  share,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs'
import { buryOrphans } from './buryOrphans.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import { deliverLane, unlessPaused } from './deliverLane.js'
import { editVotes } from './editVotes.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxLane, OutboxOptions } from './OutboxOptions.js'

export interface DeliverOutboxOptions extends OutboxOptions {
  /** Says that rows were added. */
  readonly wake$: Observable<unknown>
}

// Far below the 2^31 ms at which Node's timers break, and an upper bound for what a changed clock can delay.
const longestRestMs = 3_600_000

/**
 * Delivers the outbox for as long as it is subscribed to, and reports every try.
 *
 * - At least once: a row goes only after its handler has confirmed it. Unsubscribing aborts what is in flight and
 *   leaves its row.
 * - Each handler has its own order and pace: critical ones first, then the oldest due row, one at a time. A dead one
 *   delays no other.
 * - A postponed row holds up later ones of its subject that are not critical, and all where the receiver itself asked
 *   for a pause.
 * - Where nothing is to be delivered, the messages of votes that moved are edited, where `votes` tells of them.
 * - Looks again on `wake$`, and when the next row is due.
 * - When `wake$` completes, what is in flight is finished, what is due is tried once more, and the stream completes.
 *   Errors only with a `StoreError`, or with `wake$`.
 */
export function deliverOutbox({ wake$, ...options }: DeliverOutboxOptions): Observable<DeliveryReport> {
  return wake$.pipe(
    connect((woken$) =>
      merge(
        untilAsleep(woken$, buryOrphans(options), rest(woken$, longestRestMs, options)),
        ...[...options.handlers].map(([key, lane]) => deliverLaneFor(key, lane, woken$, options)),
      ),
    ),
  )
}

function deliverLaneFor(
  key: string,
  lane: OutboxLane,
  woken$: Observable<unknown>,
  options: OutboxOptions,
): Observable<DeliveryReport> {
  const { now, store, votes } = options
  return defer(() => {
    let isOver = false
    const end$ = woken$.pipe(ignoreElements(), endWith(undefined))
    const edits = votes === undefined ? undefined : editVotes(key, lane, { ...options, votes, isOver: () => isOver })
    const moved$ = votes?.moved$.pipe(tap(edits?.moved), takeUntil(end$), share()) ?? EMPTY
    const delivery$ = deliverLane(key, lane, { ...options, onDelivered: (subject) => edits?.moved([subject]) })
    const pass$ = unlessPaused(key, concat(delivery$, edits?.pass$ ?? EMPTY), options)
    const rest$ = defer(() => {
      const pausedUntil = store.pausedUntil(key, now())
      // A receiver that asked for a pause is not woken by new rows.
      if (pausedUntil !== undefined) return rest(woken$.pipe(ignoreElements()), pausedUntil - now(), options)
      const next = Math.min(store.nextDue(key) ?? Infinity, edits?.nextAt() ?? Infinity)
      return rest(merge(woken$, moved$), next - now(), options)
    }).pipe(retryWhileBusy(options.scheduler))
    const over$ = end$.pipe(tap(() => (isOver = true)))
    return merge(merge(over$, moved$).pipe(ignoreElements()), untilAsleep(woken$, pass$, rest$))
  })
}

/** Passes and rests in turn; once `woken$` has completed, one last pass. */
function untilAsleep<T>(woken$: Observable<unknown>, pass$: Observable<T>, rest$: Observable<never>): Observable<T> {
  return defer(() => {
    let asleep = false
    let last = false
    const passes$ = concat(pass$, rest$).pipe(
      repeat({
        delay: () => {
          if (last) return EMPTY
          last = asleep
          return of(undefined)
        },
      }),
    )
    return merge(woken$.pipe(ignoreElements(), tap({ complete: () => (asleep = true) })), passes$)
  })
}

/** Ends on a value or the end of `woken$`, or after `ms`. */
function rest(
  woken$: Observable<unknown>,
  ms: number,
  { scheduler = asyncScheduler }: OutboxOptions,
): Observable<never> {
  // A row that is due already is left for the next turn: never a loop without a pause.
  const pause = Math.min(longestRestMs, Math.max(1, ms))
  return merge(woken$.pipe(endWith(undefined)), timer(pause, scheduler)).pipe(take(1), ignoreElements())
}
