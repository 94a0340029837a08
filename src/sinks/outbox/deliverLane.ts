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
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { OutboxItem } from '../../store/DeliveryStore.js'
import { attemptDelivery } from './attemptDelivery.js'
import { type Breaker, createBreaker } from './createBreaker.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxLane, OutboxOptions } from './OutboxOptions.js'

// Looked up together: among many rows that wait for another try, those that are due are found once for all of these.
const atOnce = 100

export interface LaneCalls {
  /** True once nothing more is to be begun. @defaultValue never */
  readonly isGone?: () => boolean
  /** Emits when that becomes so. @defaultValue never */
  readonly gone$?: Observable<unknown>
  readonly onDelivered?: (subject: string) => void
  /** @defaultValue one for these passes alone */
  readonly breaker?: Breaker
}

/**
 * One pass over what is due at one handler when the pass begins: oldest first, one at a time, each row once. What is
 * critical comes first, also what came while the pass was under way. A row behind one of its subject that failed in
 * this pass is left for a later one. Ends early where the receiver asked to be left alone for a while, and before the
 * next row once `isGone`: what waits for the rate by then waits no longer, and a try that does is left for whoever
 * takes over. Where the channel fails try after try, one row that failed least is tried now and then, and what is
 * critical once when it comes; when it is back after long, so is at once all that waits for another try.
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
        // Where the channel refuses all, a critical one does not take all of its subject to the dead letters.
        return of(store.urgent(now(), key, { untried: isTripped(), alone: isTripped() && pass.hasBuried }))
      }).pipe(
        retryWhileBusy(scheduler),
        concatMap((item) => {
          isMore = item !== undefined && !isLeft(item)
          return item === undefined || !isMore ? EMPTY : attemptOnce(item)
        }),
      )
      // Looked up after the wait: what came meanwhile may be critical.
      return concat(ready$, next$).pipe(repeat({ delay: () => (isMore ? of(undefined) : EMPTY) }))
    })
    function inTurn(item: OutboxItem): Observable<DeliveryReport> {
      const try$ = defer(() => (isLeft(item) || isTripped() ? EMPTY : attemptOnce(item)))
      return concat(urgent$, try$)
    }
    const probe$ = defer(() => of(store.probe(now(), key, breaker.isNewestNext()))).pipe(
      retryWhileBusy(scheduler),
      concatMap((item) => (item === undefined || isLeft(item) ? EMPTY : attemptOnce(item))),
    )
    const batch$: Observable<DeliveryReport> = defer(() =>
      // Where the clock has stepped back, what this pass postponed lies before its start.
      of(store.due(Math.min(start, now()), atOnce, key)),
    ).pipe(
      retryWhileBusy(scheduler),
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

/** What one pass has tried, and the subjects of what failed: each row is tried once. */
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
    concatMap((report) => (breaker.note(report) ? hastened(report, options) : of(report))),
    takeUntil(goneWaiting(lane, gone$)),
  )
}

/** What a process, a clock or a configuration of before left otherwise is set right. */
function prepared(key: string, lane: OutboxLane, breaker: Breaker, options: OutboxOptions): Observable<never> {
  return concat(reheld(options), unbundled(key, lane, options), resumed(key, breaker, options))
}

/** Tells the breaker what failed in a process of before. */
function resumed(key: string, breaker: Breaker, { store, scheduler }: OutboxOptions): Observable<never> {
  return defer(() => {
    breaker.resume(() => {
      const outage = store.outages().find(({ channel }) => channel === key)
      return outage === undefined || outage.upSince !== undefined ? 0 : outage.tries
    })
    return EMPTY
  }).pipe(retryWhileBusy(scheduler))
}

/** Has all that waits for another try tried with the next pass. */
function hastened(report: DeliveryReport, { store, scheduler }: OutboxOptions): Observable<DeliveryReport> {
  return defer(() => {
    store.hasten(report.handler, report.at)
    return of(report)
  }).pipe(retryWhileBusy(scheduler))
}

/** False where the receiver asked to be left alone for a while. */
function mayGoOn(report: DeliveryReport): boolean {
  return !(report.result === 'postponed' && report.held)
}

/** Where the clock turns out to have been ahead, what it held is held anew: by whichever handler has its turn first. */
function reheld({ store, now, votes, scheduler }: OutboxOptions): Observable<never> {
  const paceOf = (chain: string): Pace | undefined => {
    for (const state of votes?.states() ?? []) if (state.chain === chain) return state
    return undefined
  }
  let isMore = false
  return defer(() => {
    isMore = store.rehold(now(), votes?.route ?? (() => []), paceOf)
    return EMPTY
  }).pipe(retryWhileBusy(scheduler), repeat({ delay: () => (isMore ? timer(0, scheduler) : EMPTY) }))
}

/** What a configuration of before wanted as one message comes by itself where the handler gets each alone. */
function unbundled(key: string, { bundles = true }: OutboxLane, options: OutboxOptions): Observable<never> {
  const { store, now, scheduler } = options
  return defer(() => {
    if (!bundles) store.unbundle(key, now())
    return EMPTY
  }).pipe(retryWhileBusy(scheduler))
}

/** The work of a handler, but for one that rests because its receiver asked for it. */
export function unlessPaused<T>(key: string, work$: Observable<T>, options: OutboxOptions): Observable<T> {
  const { store, now, steady, scheduler } = options
  return defer(() => {
    if (steady !== undefined) store.followClock(now(), steady)
    return of(store.pausedUntil(key, now()))
  }).pipe(
    retryWhileBusy(scheduler),
    concatMap((until) => (until === undefined ? work$ : EMPTY)),
  )
}

/** Emits while a request of the try under way waits for its rate, and another handler is to take over. */
function goneWaiting({ waits$ = NEVER }: OutboxLane, gone$: Observable<unknown>): Observable<unknown> {
  return combineLatest([gone$, waits$]).pipe(filter(([, isWaiting]) => isWaiting))
}

/**
 * Ends when the rate allows a try; it goes on with what the state tells of a process of before. Asked again after each
 * wait: another handler of the same service may have taken its turn.
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
    // Whatever the clock shows, so much has passed.
    return concat(
      turn$,
      defer(() => waitFrom(Math.max(now(), at + wait))),
    )
  }
  return defer(() => {
    pacer?.resume(now(), (since) => store.sentSince(key, since))
    return waitFrom(now())
  }).pipe(retryWhileBusy(scheduler))
}
