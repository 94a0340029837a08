import {
  asyncScheduler,
  combineLatest,
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  from,
  ignoreElements,
  NEVER,
  type Observable,
  of,
  repeat,
  takeUntil,
  takeWhile,
  tap,
  timer,
} from 'rxjs'
import { subjectOf } from '../../domain/notifications/notification.js'
import type { Pace } from '../../domain/notifications/routing.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { OutboxItem } from '../../store/DeliveryStore.js'
import { attemptDelivery } from './attemptDelivery.js'
import { type Breaker, createBreaker } from './createBreaker.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxLane, OutboxOptions } from './OutboxOptions.js'

// Number of rows read at a time. Finding the due ones among many postponed rows is costly, so it is done once for all
// of these.
const atOnce = 100

export interface LaneCalls {
  /** True when no further row may be started. @defaultValue never */
  readonly isGone?: () => boolean
  /** Emits when `isGone` becomes true. @defaultValue never */
  readonly gone$?: Observable<unknown>
  readonly onDelivered?: (subject: string) => void
  /** @defaultValue a breaker for this pass alone */
  readonly breaker?: Breaker
}

/**
 * Makes one pass over the rows that are due at one handler when the pass begins: oldest first, one at a time, each row
 * once.
 *
 * - Critical rows go first, including those that arrive during the pass.
 * - If a row fails, later rows of its subject are left for a later pass.
 * - The pass ends early if the receiver asked for a pause, and before the next row once `isGone`. Rows and attempts
 *   that wait for the rate then are left to the successor.
 * - While the channel fails repeatedly, only one of the rows that failed least is tried from time to time, and each
 *   critical row once when it arrives. When the channel works again after a long outage, all rows waiting for a retry
 *   are tried at once.
 */
export function deliverLane(
  key: string,
  lane: OutboxLane,
  options: OutboxOptions,
  calls: LaneCalls = {},
): Observable<DeliveryReport> {
  const { store, now, scheduler } = options
  const { isGone = () => false, gone$ = NEVER, breaker = createBreaker() } = calls
  const ready$ = untilReady(key, lane, options, { isGone, gone$ })
  const { isTripped } = breaker

  return defer(() => {
    const [start, pass] = [now(), newPass()]
    const isLeft = (item: OutboxItem): boolean => isGone() || isBehind(item, pass)
    function attemptOnce(item: OutboxItem): Observable<DeliveryReport> {
      return attemptInPass(item, pass, lane, options, { ...calls, gone$, breaker })
    }
    const urgent$ = defer(() => {
      let isMore = true
      const next$ = defer(() => {
        // While the channel refuses everything, one critical row must not take its whole subject to the dead letters.
        return of(store.urgent(now(), key, { untried: isTripped(), alone: isTripped() && pass.hasBuried }))
      }).pipe(
        retryWhileUnwritable(scheduler),
        concatMap((item) => {
          isMore = item !== undefined && !isLeft(item)
          return item === undefined || !isMore ? EMPTY : attemptOnce(item)
        }),
      )
      // The row is chosen after the wait, because a critical one may have arrived meanwhile.
      return concat(ready$, next$).pipe(repeat({ delay: () => (isMore ? of(undefined) : EMPTY) }))
    })
    function inTurn(item: OutboxItem): Observable<DeliveryReport> {
      const try$ = defer(() => (isLeft(item) || isTripped() ? EMPTY : attemptOnce(item)))
      return concat(urgent$, try$)
    }
    const probe$ = defer(() => of(store.probe(now(), key, breaker.isNewestNext()))).pipe(
      retryWhileUnwritable(scheduler),
      concatMap((item) => (item === undefined || isLeft(item) ? EMPTY : attemptOnce(item))),
    )
    const batch$: Observable<DeliveryReport> = defer(() =>
      // If the clock was set back, rows that this pass postponed may be due before its start.
      of(store.due(Math.min(start, now()), atOnce, key)),
    ).pipe(
      retryWhileUnwritable(scheduler),
      concatMap((items) =>
        concat(
          from(items).pipe(concatMap((item) => (isLeft(item) || isTripped() ? EMPTY : inTurn(item)))),
          defer(() => (isTripped() ? urgent$ : items.length < atOnce || isGone() ? EMPTY : batch$)),
        ),
      ),
    )
    const probing$ = concat(
      urgent$,
      defer(() => (isTripped() && breaker.openUntil(now()) === undefined ? concat(ready$, probe$) : EMPTY)),
      defer(() => (isTripped() ? EMPTY : batch$)),
    )
    return concat(
      prepared(key, lane, breaker, options),
      defer(() => (isTripped() ? probing$ : batch$)),
    ).pipe(takeWhile(mayGoOn, true))
  })
}

/** The rows that one pass has tried, and the subjects of those that failed. */
interface Pass {
  readonly seen: Set<string>
  readonly failed: Set<string>
  hasBuried: boolean
}

function newPass(): Pass {
  return { seen: new Set(), failed: new Set(), hasBuried: false }
}

function isBehind({ notification }: OutboxItem, { seen, failed }: Pass): boolean {
  return seen.has(notification.id) || (failed.has(subjectOf(notification)) && notification.priority !== 'critical')
}

function attemptInPass(
  item: OutboxItem,
  pass: Pass,
  lane: OutboxLane,
  options: OutboxOptions,
  { gone$, breaker, onDelivered }: LaneCalls & Required<Pick<LaneCalls, 'gone$' | 'breaker'>>,
): Observable<DeliveryReport> {
  const subject = subjectOf(item.notification)
  pass.seen.add(item.notification.id)
  lane.pacer?.begin(options.now())
  return attemptDelivery(item, lane, options).pipe(
    tap((report) => {
      if (report.result === 'postponed') pass.failed.add(subject)
      if (report.result === 'buried') pass.hasBuried = true
      if (report.result === 'delivered') onDelivered?.(subject)
    }),
    concatMap((report) => (breaker.note(report) ? withRetriesDue(report, options) : of(report))),
    takeUntil(goneWaiting(lane, gone$)),
  )
}

/** Corrects what an earlier process, clock or configuration left in another state. */
function prepared(key: string, lane: OutboxLane, breaker: Breaker, options: OutboxOptions): Observable<never> {
  return concat(rerouteIfClockWasAhead(options), unbundled(key, lane, options), resumed(key, breaker, options))
}

/** Tells the breaker about failures of an earlier process. */
function resumed(key: string, breaker: Breaker, { store, scheduler }: OutboxOptions): Observable<never> {
  return defer(() => {
    breaker.resume(() => {
      const outage = store.outages().find(({ channel }) => channel === key)
      return outage === undefined || outage.upSince !== undefined ? 0 : outage.tries
    })
    return EMPTY
  }).pipe(retryWhileUnwritable(scheduler))
}

/** Makes all rows that wait for a retry due for the next pass. */
function withRetriesDue(report: DeliveryReport, { store, scheduler }: OutboxOptions): Observable<DeliveryReport> {
  return defer(() => {
    store.makeDue(report.handler, report.at)
    return of(report)
  }).pipe(retryWhileUnwritable(scheduler))
}

/** False if the receiver asked for a pause. */
function mayGoOn(report: DeliveryReport): boolean {
  return !(report.result === 'postponed' && report.held)
}

/**
 * If the clock turns out to have been ahead, routes the notifications that it held again. The first handler to run does
 * this for all.
 */
function rerouteIfClockWasAhead({ store, now, votes, scheduler }: OutboxOptions): Observable<never> {
  const paceOf = (chain: string): Pace | undefined => {
    for (const state of votes?.states() ?? []) if (state.chain === chain) return state
    return undefined
  }
  let isMore = false
  return defer(() => {
    isMore = store.rerouteHeld(now(), votes?.route ?? (() => []), paceOf)
    return EMPTY
  }).pipe(retryWhileUnwritable(scheduler), repeat({ delay: () => (isMore ? timer(0, scheduler) : EMPTY) }))
}

/** Splits bundles of an earlier configuration if the handler receives each notification separately. */
function unbundled(key: string, { bundles = true }: OutboxLane, options: OutboxOptions): Observable<never> {
  const { store, now, scheduler } = options
  return defer(() => {
    if (!bundles) store.unbundle(key, now())
    return EMPTY
  }).pipe(retryWhileUnwritable(scheduler))
}

/** Runs the work of a handler unless its receiver asked for a pause. */
export function unlessPaused<T>(key: string, work$: Observable<T>, options: OutboxOptions): Observable<T> {
  const { store, now, steady, scheduler } = options
  return defer(() => {
    if (steady !== undefined) store.followClock(now(), steady)
    return of(store.pausedUntil(key, now()))
  }).pipe(
    retryWhileUnwritable(scheduler),
    concatMap((until) => (until === undefined ? work$ : EMPTY)),
  )
}

/** Emits if a request of the current attempt waits for the rate when another handler is to take over. */
function goneWaiting({ waits$ = NEVER }: OutboxLane, gone$: Observable<unknown>): Observable<unknown> {
  return combineLatest([gone$, waits$]).pipe(filter(([, isWaiting]) => isWaiting))
}

/**
 * Completes when the rate allows an attempt, including requests of an earlier process. The rate is checked again after
 * each wait, because another handler of the same service may have used it.
 */
function untilReady(
  key: string,
  { pacer }: OutboxLane,
  { store, now, scheduler = asyncScheduler }: OutboxOptions,
  { isGone, gone$ }: Required<Pick<LaneCalls, 'isGone' | 'gone$'>>,
): Observable<never> {
  function waitFrom(at: number): Observable<never> {
    const wait = isGone() ? 0 : (pacer?.waitMs(at) ?? 0)
    if (wait === 0) return EMPTY
    const turn$ = timer(wait, scheduler).pipe(ignoreElements(), takeUntil(gone$))
    // At least the wait has passed, whatever the clock shows.
    return concat(
      turn$,
      defer(() => waitFrom(Math.max(now(), at + wait))),
    )
  }
  return defer(() => {
    pacer?.resume(now(), (since) => store.sentSince(key, since))
    return waitFrom(now())
  }).pipe(retryWhileUnwritable(scheduler))
}
