import {
  asyncScheduler,
  catchError,
  concatMap,
  defaultIfEmpty,
  defer,
  expand,
  from,
  ignoreElements,
  map,
  merge,
  type Observable,
  of,
  type SchedulerLike,
  take,
  takeLast,
  tap,
  throwError,
  timer,
} from 'rxjs'
import type { HandlerContext } from '../../channels/Handler.js'
import { defined } from '../../domain/defined.js'
import { DeliveryError, reasonOf } from '../../domain/errors.js'
import type { Notification } from '../../domain/notifications/notification.js'
import type { ChannelTry } from '../../domain/notifications/outage.js'
import { redactUrl } from '../../domain/secrets/redact.js'
import { boundedJson, parsedJson } from '../../domain/text/boundedJson.js'
import type { Json } from '../../domain/text/json.js'
import { cleanLine } from '../../domain/text/text.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import { longestPostponementMs, type OutboxItem } from '../../store/DeliveryStore.js'
import { backOff } from './backOff.js'
import { concealInfo } from './concealInfo.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxLane, OutboxOptions, OutboxReceiver, OutboxStore } from './OutboxOptions.js'
import { recordDelivery } from './recordDelivery.js'

const defaultMaxAttempts = 100

/**
 * Hands one notification to its handler once and settles its row: gone after success, postponed after a transient
 * failure, buried after a permanent one or the last try. Emits the one report, then completes.
 *
 * Unsubscribing aborts the handler and leaves the row as it was. Errors only with a `StoreError`.
 */
export function attemptDelivery(
  item: OutboxItem,
  lane: OutboxLane,
  options: OutboxOptions,
): Observable<DeliveryReport> {
  const { scheduler = asyncScheduler, now, conceal, store } = options
  const shown = conceal === undefined ? item : concealed(item, conceal)
  return defer(() => of(toldBefore(item, store))).pipe(
    retryWhileBusy(scheduler),
    concatMap((before) => outcomeOf(call(lane.handler, shown, before), item, lane, scheduler)),
    concatMap((outcome) =>
      recordDelivery(item, reportOn(item, outcome, lane, now(), options), options, postedBy(outcome)),
    ),
    concatMap((report) => noted(report, options)),
  )
}

/** Counts the try for its channel: where they keep failing, people are told in another way. */
function noted(report: DeliveryReport, { store, scheduler }: OutboxOptions): Observable<DeliveryReport> {
  return defer(() => {
    store.noteTry(report.handler, triedOf(report))
    return of(report)
  }).pipe(retryWhileBusy(scheduler))
}

function triedOf(report: DeliveryReport): ChannelTry {
  const { at, chain } = report
  if (report.result === 'delivered') return { at, chain, ok: true }
  const { reason, status } = report
  const until = report.result === 'postponed' ? report.until : undefined
  return { at, chain, ok: false, reason, ...defined({ status, until }) }
}

type Outcome = { readonly ok: true; readonly posted?: Json } | { readonly ok: false; readonly cause: unknown }

/** What becomes of a call within the time limit. */
function outcomeOf(
  answer$: Observable<unknown>,
  { handler }: OutboxItem,
  lane: OutboxLane,
  scheduler: SchedulerLike,
): Observable<Outcome> {
  return merge(
    answer$.pipe(takeLast(1), defaultIfEmpty<unknown, undefined>(undefined)),
    timeLimit(handler, lane, scheduler),
  ).pipe(
    take(1),
    map((answer): Outcome => ({ ok: true, ...defined({ posted: keepable(answer) }) })),
    catchError((cause: unknown) => of<Outcome>({ ok: false, cause })),
  )
}

/** Errors when the time of a try is over. What its requests wait for the rate is no part of it. */
function timeLimit(handler: string, { timeoutMs, pacer }: OutboxLane, scheduler: SchedulerLike): Observable<never> {
  return defer(() => {
    const begun = scheduler.now()
    const left = (): number => begun + timeoutMs + (pacer?.waited() ?? 0) - scheduler.now()
    return timer(timeoutMs, scheduler).pipe(
      expand(() => (left() > 0 ? timer(left(), scheduler) : throwError(() => tooSlow(handler, timeoutMs)))),
      ignoreElements(),
    )
  })
}

function postedBy(outcome: Outcome): Json | undefined {
  return outcome.ok ? outcome.posted : undefined
}

// Ids and places take less; what is larger is no receipt.
const maxPosted = 10_000

/** What a handler answers, where it is JSON and short. */
function keepable(answer: unknown): Json | undefined {
  const text = jsonTextOf(answer)
  return text === undefined || text.length > maxPosted ? undefined : (boundedJson(parsedJson(text)) ?? undefined)
}

function jsonTextOf(answer: unknown): string | undefined {
  try {
    return JSON.stringify(answer)
  } catch {
    // A circle or a bigint is no receipt.
    return undefined
  }
}

type ToldBefore = Pick<HandlerContext, 'posted' | 'outdated'>

function toldBefore(item: OutboxItem, store: OutboxStore): ToldBefore {
  return { ...defined({ posted: store.posted(item) }), ...(store.isOutdated(item) && { outdated: true }) }
}

function call(handler: OutboxReceiver, { notification, bundle }: OutboxItem, before: ToldBefore): Observable<unknown> {
  return defer(() => {
    const controller = new AbortController()
    const context = { signal: controller.signal, ...before, ...defined({ bundle }) }
    return from(handler.handle(notification, context) ?? Promise.resolve()).pipe(
      tap({ unsubscribe: () => controller.abort() }),
    )
  })
}

function concealed({ notification, bundle, ...item }: OutboxItem, conceal: (text: string) => string): OutboxItem {
  const shown = (one: Notification): Notification => concealInfo(one, conceal)
  return {
    ...item,
    notification: shown(notification),
    ...(bundle !== undefined && { bundle: { ...bundle, notifications: bundle.notifications.map(shown) } }),
  }
}

function reportOn(
  item: OutboxItem,
  outcome: Outcome,
  lane: OutboxLane,
  at: number,
  { random, conceal = (text) => text }: OutboxOptions,
): DeliveryReport {
  const attempt = item.attempts + 1
  const about = { handler: item.handler, id: item.notification.id, chain: item.notification.chain, attempt, at }
  if (outcome.ok) return { ...about, result: 'delivered' }
  const { cause } = outcome
  const known = cause instanceof DeliveryError ? cause : undefined
  const failure = {
    reason: plainReason(cause, conceal),
    ...defined({ status: known?.status }),
  }
  if (known?.kind === 'permanent') return { ...about, result: 'buried', ...failure }
  if (attempt >= (lane.maxAttempts ?? defaultMaxAttempts)) {
    return { ...about, ...failure, result: 'buried', reason: `Given up after ${attempt} tries. ${failure.reason}` }
  }
  const wish = known?.retryAfterMs
  const after = (ms: number): number => at + Math.min(longestPostponementMs, ms)
  const until = after(Math.max(wish ?? 0, backOff(item.attempts, random)))
  // Others do not wait for the next try of this one.
  const heldUntil = wish === undefined ? undefined : after(wish)
  return { ...about, result: 'postponed', until, held: wish !== undefined, ...defined({ heldUntil }), ...failure }
}

/** One line without the secrets a foreign error may quote: of an address only its host is left. */
function plainReason(cause: unknown, conceal: (text: string) => string): string {
  // Concealed before it is cut, or the beginning of a secret may stay.
  return cleanLine(conceal(reasonOf(cause).slice(0, 20_000)), 300).replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, redactUrl)
}

function tooSlow(handler: string, timeoutMs: number): DeliveryError {
  return new DeliveryError('transient', `The handler ${handler} did not finish in ${timeoutMs} ms.`)
}
