import { amountText } from '../../domain/notifications/phrases.js'
import { asyncScheduler, concatMap, defer, EMPTY, lastValueFrom, type Observable, of } from 'rxjs'
import { mayClose } from '../../channels/filter.js'
import type { HandlerContext } from '../../channels/Handler.js'
import { defined } from '../../domain/defined.js'
import { DeliveryError, reasonOf } from '../../domain/errors.js'
import { formerSubjectOf, type Notification, subjectOf } from '../../domain/notifications/notification.js'
import { standingOf, subjectsEndedBy } from '../../domain/notifications/message.js'
import type { ChannelTry } from '../../domain/notifications/outage.js'
import { deliveryTo } from '../../domain/notifications/routing.js'
import { redactUrl } from '../../domain/secrets/redact.js'
import type { Json } from '../../domain/text/json.js'
import { cleanLine } from '../../domain/text/text.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import { longestPostponementMs, type OutboxItem } from '../../store/DeliveryStore.js'
import { backOff } from './backOff.js'
import { concealInfo } from './concealInfo.js'
import type { DeliveryReport } from './DeliveryReport.js'
import type { OutboxLane, OutboxOptions, OutboxStore } from './OutboxOptions.js'
import { recordDelivery } from './recordDelivery.js'
import { keepable, type Outcome, tryHandler } from './tryHandler.js'

const defaultMaxAttempts = 100

/**
 * Passes one notification to its handler once and updates its row: deleted after success, postponed after a transient
 * failure, buried after a permanent failure or the last attempt. Emits one report, then completes.
 *
 * Unsubscribing aborts the handler and leaves the row unchanged. Errors only with a `StoreError`.
 */
export function attemptDelivery(
  item: OutboxItem,
  lane: OutboxLane,
  options: OutboxOptions,
): Observable<DeliveryReport> {
  const { scheduler = asyncScheduler, now, conceal, store } = options
  const shown = (one: Notification): Notification => (conceal === undefined ? one : concealInfo(one, conceal))
  const { notification, bundle } = concealed(item, shown)
  const { timeoutMs, pacer } = lane
  const remember = rememberedBy(item, options)
  const why = closing(item, options)
  return defer(() => of({ ...toldBefore(item, store, shown), ...defined({ bundle: withEnds(bundle, store) }) })).pipe(
    retryWhileUnwritable(scheduler),
    concatMap((before) =>
      tryHandler((signal) => lane.handler.handle(notification, { signal, remember, ...before, ...why }), {
        handler: item.handler,
        timeoutMs,
        scheduler,
        ...defined({ pacer }),
      }),
    ),
    concatMap((outcome) =>
      recordDelivery(item, reportOn(item, outcome, lane, now(), options), options, postedBy(outcome)),
    ),
    concatMap((report) => noted(report, options)),
  )
}

function rememberedBy(
  item: OutboxItem,
  { store, now, scheduler }: OutboxOptions,
): NonNullable<HandlerContext['remember']> {
  return async (posted) => {
    const kept = keepable(posted)
    if (kept === undefined) return
    const keep$ = defer(() => {
      store.remember(item, now(), kept)
      return EMPTY
    }).pipe(retryWhileUnwritable(scheduler))
    await lastValueFrom(keep$, { defaultValue: undefined })
  }
}

/** Counts the attempt for its channel, so that an outage of the channel can be announced through others. */
function noted(report: DeliveryReport, { store, scheduler }: OutboxOptions): Observable<DeliveryReport> {
  return defer(() => {
    store.recordAttempt(report.handler, triedOf(report))
    return of(report)
  }).pipe(retryWhileUnwritable(scheduler))
}

function triedOf(report: DeliveryReport): ChannelTry {
  const { at, chain } = report
  if (report.result === 'delivered') return { at, chain, ok: true }
  const { reason, status } = report
  if (report.result === 'buried') return { at, chain, ok: false, reason, ...defined({ status }) }
  const { until, heldUntil = at } = report
  const pausedUntil = heldUntil > at ? heldUntil : undefined
  return { at, chain, ok: false, reason, until, ...defined({ status, pausedUntil }) }
}

function postedBy(outcome: Outcome): { readonly posted?: Json } {
  return defined({ posted: outcome.ok ? outcome.posted : undefined })
}

/**
 * Returns why the handler gets a notification that closes something, by the routes as they are now: they leave the
 * handler out, or hold the notification back.
 */
function closing({ handler, notification, bundle }: OutboxItem, { votes, now }: OutboxOptions): Closing {
  if (votes === undefined || bundle !== undefined || !mayClose(notification)) return {}
  const own = deliveryTo(handler, votes.route(notification, { at: now(), silences: [], hasTold: () => false }))
  if (own === undefined) return { closesOnly: true }
  return typeof own !== 'string' && own.isQuiet === true ? { quiet: true } : {}
}

/** Marks the notifications of a bundle whose subject ended while they were held. */
function withEnds(bundle: OutboxItem['bundle'], store: OutboxStore): OutboxItem['bundle'] {
  if (bundle === undefined) return undefined
  const isOver = (one: Notification): boolean => standingOf(one) === 'open' && store.hasEnded(one)
  return { ...bundle, ended: new Set(bundle.notifications.filter(isOver).map(({ id }) => id)) }
}

type Closing = Pick<HandlerContext, 'closesOnly' | 'quiet'>
type ToldBefore = Pick<HandlerContext, 'posted' | 'outdated' | 'newest' | 'former' | 'ended'>

function toldBefore(item: OutboxItem, store: OutboxStore, shown: (one: Notification) => Notification): ToldBefore {
  const former = formerSubjectOf(item.notification)
  const ended = endedBefore(item, store)
  const posted = defined({
    posted: store.posted(item),
    former: former === undefined ? undefined : ended.get(former),
    ended: ended.size === 0 ? undefined : ended,
  })
  if (!store.isOutdated(item)) return posted
  const newest = store.livingPost(item.handler, subjectOf(item.notification))?.told
  return { ...posted, outdated: true, ...(newest !== undefined && { newest: shown(newest) }) }
}

/**
 * Returns what the handler posted for the other subjects that end with the notification, except subjects for which it
 * has already posted a later notification.
 */
function endedBefore(item: OutboxItem, store: OutboxStore): ReadonlyMap<string, Json> {
  const own = subjectOf(item.notification)
  const others = subjectsEndedBy(item.notification).filter((subject) => subject !== own)
  return new Map(
    others.flatMap((subject) => {
      const posted = store.posted(item, subject)
      return posted === undefined || store.isToldSince(item, subject) ? [] : [[subject, posted] as const]
    }),
  )
}

function concealed(
  { notification, bundle, ...item }: OutboxItem,
  shown: (one: Notification) => Notification,
): OutboxItem {
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
    return {
      ...about,
      ...failure,
      result: 'buried',
      reason: `Given up after ${amountText(attempt, 'try', 'tries')}. ${failure.reason}`,
    }
  }
  const wish = known?.retryAfterMs
  const after = (ms: number): number => at + Math.min(longestPostponementMs, ms)
  const until = after(Math.max(wish ?? 0, backOff(item.attempts, random)))
  // Other rows do not wait for the next attempt of this one.
  const heldUntil = wish === undefined ? undefined : after(wish)
  return { ...about, result: 'postponed', until, held: wish !== undefined, ...defined({ heldUntil }), ...failure }
}

/** Returns the reason in one line, without secrets that a foreign error may quote. A URL is reduced to its host. */
export function plainReason(cause: unknown, conceal: (text: string) => string): string {
  // Secrets are removed before the text is cut; otherwise the beginning of one could remain.
  return cleanLine(conceal(reasonOf(cause).slice(0, 20_000)), 300).replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, redactUrl)
}
