import {
  asyncScheduler,
  concat,
  connect,
  defer,
  EMPTY,
  endWith,
  finalize,
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
import { createBreaker } from './createBreaker.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import { endOf } from '../../streams/endOf.js'
import { whilePresent } from '../../streams/whilePresent.js'
import { deliverLane, unlessPaused } from './deliverLane.js'
import { editVotes, type VoteEdits } from './editVotes.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxLane, OutboxOptions, VoteSource } from './OutboxOptions.js'

export interface DeliverOutboxOptions extends OutboxOptions {
  /** Says that rows were added. */
  readonly wake$: Observable<unknown>
  /** The handlers whenever they change, those of now first. @defaultValue `handlers` for good */
  readonly handlers$?: Observable<ReadonlyMap<string, OutboxLane>>
}

// Far below the 2^31 ms at which Node's timers break, and an upper bound for what a changed clock can delay.
const longestRestMs = 3_600_000

/**
 * Delivers the outbox for as long as it is subscribed to, and reports every try.
 *
 * - At least once: a row goes only after its handler has confirmed it. Unsubscribing aborts what is in flight and
 *   leaves its row.
 * - Each handler has its own order and pace: critical ones first, then the oldest due row, one at a time. A dead one
 *   delays no other. The pace goes on with what a process of before delivered.
 * - A postponed row holds up later ones of its subject that are not critical, and all where the receiver itself asked
 *   for a pause.
 * - A handler that fails three times in a row is tried with one row now and then, of those that failed least, half a
 *   minute apart at the most, and with critical ones when they come, until one gets through. That holds over a restart,
 *   and after a minute of failures what waits for another try goes at once, too.
 * - Where nothing is to be delivered, the messages of votes that moved are edited, where `votes` tells of them.
 * - Looks again on `wake$`, and when the next row is due.
 * - A handler that leaves, or has another in its place, finishes what is in flight and begins no more; one that stays
 *   is not touched.
 * - When `wake$` completes, what is in flight is finished, what is due is tried once more, but at a handler that fails
 *   so, and the stream completes. Errors only with a `StoreError`, or with `wake$`.
 */
export function deliverOutbox({ wake$, handlers$, ...options }: DeliverOutboxOptions): Observable<DeliveryReport> {
  return wake$.pipe(
    connect((woken$) =>
      defer(() => {
        let configured = options.handlers
        // Also those that leave, until they have finished: their rows are no orphans yet.
        const known = new Map(configured)
        const table$ = (handlers$ ?? of(configured)).pipe(takeUntil(endOf(woken$)))
        const lanes$ = table$.pipe(
          tap((now) => {
            configured = now
            for (const [key, lane] of now) known.set(key, lane)
          }),
          whilePresent((lane, key, gone$) =>
            deliverLaneFor(key, lane, { woken$, gone$ }, options).pipe(
              finalize(() => {
                if (!configured.has(key)) known.delete(key)
              }),
            ),
          ),
        )
        return merge(
          untilAsleep(woken$, buryOrphans({ ...options, handlers: known }), rest(woken$, longestRestMs, options)),
          lanes$,
        )
      }),
    ),
  )
}

interface OuterCalls {
  readonly woken$: Observable<unknown>
  /** The handler is to finish what is in flight and to begin no more. */
  readonly gone$: Observable<unknown>
}

function deliverLaneFor(
  key: string,
  lane: OutboxLane,
  calls: OuterCalls,
  options: OutboxOptions,
): Observable<DeliveryReport> {
  const { now, store, votes } = options
  return defer(() => {
    let isGone = false
    let isOver = false
    const gone$ = calls.gone$.pipe(tap(() => (isGone = true)))
    const woken$ = calls.woken$.pipe(takeUntil(gone$))
    const end$ = endOf(woken$)
    const edits = votes === undefined ? undefined : editVotes(key, lane, { ...options, votes, isOver: () => isOver })
    const moved$ = votes === undefined || edits === undefined ? EMPTY : movesUntil(end$, votes, edits)
    const onDelivered = (subject: string): void => edits?.moved([subject])
    const breaker = createBreaker()
    const delivery$ = deliverLane(key, lane, options, { isGone: () => isGone, gone$, onDelivered, breaker })
    const pass$ = unlessPaused(key, concat(delivery$, edits?.pass$ ?? EMPTY), options)
    const rest$ = defer(() => {
      const pausedUntil = store.pausedUntil(key, now())
      // A receiver that asked for a pause is not woken by new rows.
      if (pausedUntil !== undefined) return rest(woken$.pipe(ignoreElements()), pausedUntil - now(), options)
      const next = breaker.openUntil(now()) ?? Math.min(store.nextDue(key) ?? Infinity, edits?.nextAt() ?? Infinity)
      return rest(edits === undefined ? woken$ : merge(woken$, moved$), next - now(), options)
    }).pipe(retryWhileBusy(options.scheduler))
    const over$ = end$.pipe(tap(() => (isOver = true)))
    return merge(merge(over$, moved$).pipe(ignoreElements()), untilAsleep(woken$, pass$, rest$))
  })
}

/** Notes which votes move, once however many subscribe. */
function movesUntil(
  end$: Observable<unknown>,
  { moved$ }: VoteSource,
  { moved }: VoteEdits,
): Observable<readonly string[]> {
  return moved$.pipe(tap(moved), takeUntil(end$), share())
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
