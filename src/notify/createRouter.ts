import { defined } from '../domain/defined.js'
import { memoizeByObject } from '../domain/memoizeByObject.js'
import { subjectsEndedBy } from '../domain/notifications/message.js'
import { channelNameOf, type Notification, subjectOf } from '../domain/notifications/notification.js'
import type { HeldDelivery, Match, NotificationRoute, RoutingMoment, Silence } from '../domain/notifications/routing.js'
import { deadlineOf } from './deadlineOf.js'
import { nextTime } from './digestTimes.js'
import { type Traits, traitsOf } from './traitsOf.js'
import { compileMatch, type Matcher, matchProblem, valueOf } from './match.js'
import { endOfQuiet, type QuietHours, wallClockOf } from './quietHours.js'
import { type Grouping, releaseOf, type ReleaseRules } from './releaseOf.js'

/** Where and when the notifications that match are sent. */
export interface RouteRule {
  readonly match: Match
  /** Names of handlers. @defaultValue all handlers */
  readonly to?: readonly string[]
  /** Whether the rules after this one are evaluated too. */
  readonly continue: boolean
  readonly group?: Grouping
  readonly quietHours?: readonly QuietHours[]
  /** A cron expression of five fields. */
  readonly digest?: string
}

/** What the router needs to know of a handler. */
export interface RoutedHandler {
  /** Returns true if the handler wants the notification at all. */
  readonly wants: (notification: Notification) => boolean
  /** Returns true if the handler wants the notification because it closes an earlier one. @defaultValue never */
  readonly closes?: (notification: Notification) => boolean
  /** Whether several notifications can become one message; otherwise they are sent one by one at the same time. */
  readonly bundles: boolean
}

export interface RouterOptions {
  readonly rules: readonly RouteRule[]
  /** All handlers by their keys. */
  readonly handlers: ReadonlyMap<string, RoutedHandler>
  /** IANA time zone of quiet hours and digests. */
  readonly timezone: string
  /** Returns the governance system of a chain. */
  readonly systemOf: (chain: string) => string | undefined
}

interface Rule extends ReleaseRules {
  readonly fits: Matcher
  readonly to: Iterable<string>
  readonly continues: boolean
  /** Distinguishes the bundles of this rule from those of other rules. */
  readonly key: BundleKey
}

/**
 * Identifies a rule by what it matches and how it groups, and not by its index or its waits: after a reload that moves
 * rules, held groups stay apart, and a change of their waits does not end them.
 */
type BundleKey = readonly [match: readonly (readonly [key: string, value: string])[], by: readonly string[]]

/**
 * Creates the function that decides where and when a notification is sent. If a silence matches, it is sent to nobody.
 * Otherwise it goes to the handlers of the first rule that matches, and of the next ones while `continue` is set; if no
 * rule matches, it goes to every handler at once. Each handler gets it once, by the first rule that names it, and only
 * if it wants it. A critical notification is never held. A notification that closes something goes at once to every
 * handler that was told of it and wants to close it, whatever the rules say now. No channel is told of its own outage.
 */
export function createRouter({ rules, handlers, timezone, systemOf }: RouterOptions): NotificationRoute {
  const compiled = compileRules(rules, [...handlers.keys()], timezone)
  const silencersOf = memoizeByObject((silences: readonly Silence[]) =>
    // Another version may have stored a match that this one does not accept.
    silences.filter(({ match }) => isSound(match)).map(({ id, match }) => ({ id, fits: compileMatch(match) })),
  )
  return (notification, moment) => {
    const traits = traitsOf(notification, systemOf)
    const silencer = silencersOf(moment.silences).find(({ fits }) => fits(traits))
    if (silencer !== undefined) return { silencedBy: silencer.id, to: [] }
    const wanting = [...handlers].filter(([, { wants }]) => wants(notification))
    const receivers = receiversOf(notification, choose(compiled, traits), wanting)
    const closers = closersOf(notification, handlers, moment)
    return {
      to: [
        ...closers,
        ...receivers.flatMap(({ key, bundles, rule }) => {
          if (closers.includes(key)) return []
          return [
            rule === undefined ? key : (heldDeliveryFor(key, rule, bundles, { notification, traits, moment }) ?? key),
          ]
        }),
      ],
    }
  }
}

/**
 * Returns the handlers that were told of what the notification closes: its subject, a plan that goes on under it, or a
 * part of a plan. They get it at once, because a rule that holds it back or leaves them out would leave the earlier
 * message open.
 */
function closersOf(
  notification: Notification,
  handlers: RouterOptions['handlers'],
  { hasTold = () => true }: RoutingMoment,
): readonly string[] {
  const own = channelNameOf(notification)
  const ended = subjectsEndedBy(notification)
  // Our vote, and its end, answer what was told of the proposal.
  const closed = ended.length === 0 ? [subjectOf(notification)] : ended
  return [...handlers].flatMap(([key, { closes }]) =>
    key !== own && closes?.(notification) === true && closed.some((subject) => hasTold(key, subject)) ? [key] : [],
  )
}

interface Receiver extends Pick<RoutedHandler, 'bundles'> {
  readonly key: string
  /** Absent if no rule names the handler. */
  readonly rule?: Rule
}

/**
 * Returns the handlers that get the notification: those that the rules choose, or all if no rule matches. A channel is
 * not told of its own outage; if that leaves nobody, every other handler is told.
 */
function receiversOf(
  notification: Notification,
  chosen: ReadonlyMap<string, Rule>,
  wanting: readonly (readonly [string, RoutedHandler])[],
): readonly Receiver[] {
  const own = channelNameOf(notification)
  const others = wanting
    .filter(([key]) => key !== own)
    .map(([key, { bundles }]): Receiver => ({ key, bundles, ...defined({ rule: chosen.get(key) }) }))
  const named = others.filter(({ rule }) => rule !== undefined)
  return chosen.size === 0 || (own !== undefined && named.length === 0) ? others : named
}

function compileRules(rules: readonly RouteRule[], all: readonly string[], timezone: string): readonly Rule[] {
  const clock = wallClockOf(timezone)
  return rules.map(({ match, to = all, continue: continues, group, quietHours, digest }) => ({
    fits: compileMatch(match),
    to,
    continues,
    group,
    digestAfter: digest === undefined ? undefined : nextTime(digest, timezone),
    afterQuiet: quietHours === undefined ? undefined : (at) => endOfQuiet(quietHours, at, clock),
    key: [Object.entries(match).toSorted(byKey), group?.by ?? []] as const,
  }))
}

function byKey([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1
}

/** Returns the handlers that the rules choose, each with the first rule that names it; none if no rule matches. */
function choose(rules: readonly Rule[], traits: Traits): ReadonlyMap<string, Rule> {
  const chosen = new Map<string, Rule>()
  for (const rule of rules) {
    if (!rule.fits(traits)) continue
    for (const key of rule.to) if (!chosen.has(key)) chosen.set(key, rule)
    if (!rule.continues) break
  }
  return chosen
}

interface Occasion {
  readonly notification: Notification
  readonly traits: Traits
  readonly moment: RoutingMoment
}

/** Returns how the rule holds a notification back from a handler; undefined if it is sent at once. */
function heldDeliveryFor(
  handler: string,
  rule: Rule,
  bundles: boolean,
  { notification, traits, moment }: Occasion,
): HeldDelivery | undefined {
  if (notification.priority === 'critical') return undefined
  const { at, pace, lastRelease } = moment
  const key = JSON.stringify([...rule.key, ...(rule.group?.by ?? []).map((part) => valueOf(traits, part) ?? null)])
  // A digest comes when its cron expression says so, so its groups have no interval of their own.
  const paced = rule.digestAfter === undefined ? rule.group : undefined
  const last = paced === undefined ? undefined : lastRelease?.(handler, key)
  const release = releaseOf(rule, at, { deadline: deadlineOf(notification, at, pace), last })
  if (release === undefined) return undefined
  return {
    handler,
    releaseAt: release.at,
    ...(release.isQuiet && { isQuiet: true }),
    ...(release.isBundled && bundles && { bundle: key }),
    ...(paced !== undefined && { group: { key, until: release.at + paced.interval } }),
  }
}

function isSound(match: Match): boolean {
  return Object.entries(match).every(([key, value]) => matchProblem(key, value) === undefined)
}
