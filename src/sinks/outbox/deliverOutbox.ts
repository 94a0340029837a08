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
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import { endOf } from '../../streams/endOf.js'
import { whilePresent } from '../../streams/whilePresent.js'
import { deliverLane, unlessPaused } from './deliverLane.js'
import { editVotes, type VoteEdits } from './editVotes.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxLane, OutboxOptions, VoteSource } from './OutboxOptions.js'

export interface DeliverOutboxOptions extends OutboxOptions {
  /** Emits when rows were added. */
  readonly wake$: Observable<unknown>
  /** The handlers, first the current ones and then on each change. @defaultValue always `handlers` */
  readonly handlers$?: Observable<ReadonlyMap<string, OutboxLane>>
}

// Maximum rest in milliseconds. It is far below the 2^31 ms limit of Node's timers and bounds the delay after a clock
// change.
const longestRestMs = 3_600_000

/**
 * Delivers the outbox while subscribed and reports every attempt.
 *
 * - Delivery is at least once: a row is deleted only after its handler has confirmed it. Unsubscribing aborts what is
 *   in flight and keeps its row.
 * - Each handler has its own order and pace: critical rows first, then the oldest due row, one at a time. A failing
 *   handler delays no other. The pace includes what an earlier process delivered.
 * - A postponed row holds back later rows of its subject that are not critical; it holds back all rows if the receiver
 *   asked for a pause.
 * - After three consecutive failures a handler is only probed: one of the rows that failed least is tried from time to
 *   time, at most half a minute apart, and critical rows are tried when they arrive, until one succeeds. This state
 *   survives a restart. After more than a minute of failures, a success makes all rows that wait for a retry due at
 *   once.
 * - While nothing is to be delivered, the messages of votes that changed are edited, if `votes` is set.
 * - The outbox is checked on `wake$` and when the next row is due.
 * - A handler that is removed or replaced finishes what is in flight and starts nothing more; an unchanged one is not
 *   touched.
 * - When `wake$` completes, what is in flight is finished, what is due is tried once more except at a failing handler,
 *   and the stream completes. Errors only with a `StoreError` or an error of `wake$`.
 */
export function deliverOutbox({ wake$, handlers$, ...options }: DeliverOutboxOptions): Observable<DeliveryReport> {
  return wake$.pipe(
    connect((woken$) =>
      defer(() => {
        let configured = options.handlers
        // Includes removed handlers until they have finished, because their rows are not orphans yet.
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
  /** Emits when the handler must finish what is in flight and start nothing more. */
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
      // New rows do not wake a handler whose receiver asked for a pause.
      if (pausedUntil !== undefined) return rest(woken$.pipe(ignoreElements()), pausedUntil - now(), options)
      const next = breaker.openUntil(now()) ?? Math.min(store.nextDue(key) ?? Infinity, edits?.nextAt() ?? Infinity)
      return rest(edits === undefined ? woken$ : merge(woken$, moved$), next - now(), options)
    }).pipe(retryWhileUnwritable(options.scheduler))
    const over$ = end$.pipe(tap(() => (isOver = true)))
    return merge(merge(over$, moved$).pipe(ignoreElements()), untilAsleep(woken$, pass$, rest$))
  })
}

/** Records which votes changed, once for all subscribers. */
function movesUntil(
  end$: Observable<unknown>,
  { moved$ }: VoteSource,
  { moved }: VoteEdits,
): Observable<readonly string[]> {
  return moved$.pipe(tap(moved), takeUntil(end$), share())
}

/** Alternates passes and rests; after `woken$` has completed, one last pass follows. */
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

/** Completes when `woken$` emits or completes, or after `ms`. */
function rest(
  woken$: Observable<unknown>,
  ms: number,
  { scheduler = asyncScheduler }: OutboxOptions,
): Observable<never> {
  // The rest is at least 1 ms, so that a row that stays due cannot cause a loop without a pause.
  const pause = Math.min(longestRestMs, Math.max(1, ms))
  return merge(woken$.pipe(endWith(undefined)), timer(pause, scheduler)).pipe(take(1), ignoreElements())
}
