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

/** What happens to notifications of a kind. */
export interface RouteRule {
  readonly match: Match
  /** Names of handlers. @defaultValue all */
  readonly to?: readonly string[]
  /** Whether the rules after it are looked at too. */
  readonly continue: boolean
  readonly group?: Grouping
  readonly quietHours?: readonly QuietHours[]
  /** A cron expression of five fields. */
  readonly digest?: string
}

/** What the router must know of a handler. */
export interface RoutedHandler {
  /** Whether it wants a notification at all. */
  readonly wants: (notification: Notification) => boolean
  /** Whether it wants a notification that closes what it was told before. @defaultValue none */
  readonly closes?: (notification: Notification) => boolean
  /** Whether several can become one message; else each comes out by itself, at the same time. */
  readonly bundles: boolean
}

export interface RouterOptions {
  readonly rules: readonly RouteRule[]
  /** By their keys. */
  readonly handlers: ReadonlyMap<string, RoutedHandler>
  /** A zone of the IANA database, by whose clock quiet hours and digests go. */
  readonly timezone: string
  /** The governance system of a chain. */
  readonly systemOf: (chain: string) => string | undefined
}

interface Rule extends ReleaseRules {
  readonly fits: Matcher
  readonly to: Iterable<string>
  readonly continues: boolean
  /** What tells its bundles from those of others. */
  readonly key: BundleKey
}

/**
 * What a rule takes and how it sorts it, not where it stands: held groups stay apart where a reload moves rules, and go
 * on where it changes how long they wait.
 */
type BundleKey = readonly [match: readonly (readonly [key: string, value: string])[], by: readonly string[]]

/**
 * Decides where and when each notification goes: nowhere where a silence fits it; else to the handlers of the first
 * rule that fits, and of the next ones while `continue` says so; where none fits, to every handler, at once. A handler
 * gets it once, by the first rule that names it, and only what it wants at all. Critical is never held. What closes
 * something goes at once to every handler that was told of it and wants to close it, whatever the rules say now. No
 * channel is told of its own outage.
 */
export function createRouter({ rules, handlers, timezone, systemOf }: RouterOptions): NotificationRoute {
  const compiled = compileRules(rules, [...handlers.keys()], timezone)
  const silencersOf = memoizeByObject((silences: readonly Silence[]) =>
    // Another version may have written what this one does not take.
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
          return [rule === undefined ? key : (hold(key, rule, bundles, { notification, traits, moment }) ?? key)]
        }),
      ],
    }
  }
}

/**
 * Those that were told of what it closes: of its subject, of a plan that goes on under it, or of a part of a plan. They
 * get it at once: a rule that holds it back, or leaves them out, would leave that open.
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
  /** Absent where no rule names it. */
  readonly rule?: Rule
}

/**
 * Those of the handlers that get it: that the rules choose, or all where no rule fits. A channel hears nothing of its
 * own outage; where the rules leave nobody else, every other one hears of it.
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

/** The handlers that the rules choose, each with the rule that named it first; none where no rule fits. */
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

/** How the rule holds a notification back from a handler; undefined where it goes there at once. */
function hold(
  handler: string,
  rule: Rule,
  bundles: boolean,
  { notification, traits, moment }: Occasion,
): HeldDelivery | undefined {
  if (notification.priority === 'critical') return undefined
  const { at, pace, lastRelease } = moment
  const key = JSON.stringify([...rule.key, ...(rule.group?.by ?? []).map((part) => valueOf(traits, part) ?? null)])
  // A digest comes when its cron says so: its groups keep no pace of their own.
  const paced = rule.digestAfter === undefined ? rule.group : undefined
  const last = paced === undefined ? undefined : lastRelease?.(handler, key)
  const release = releaseOf(rule, at, { deadline: deadlineOf(notification, at, pace), last })
  if (release === undefined) return undefined
  return {
    handler,
    releaseAt: release.at,
    ...(release.isBundled && bundles && { bundle: key }),
    ...(paced !== undefined && { group: { key, until: release.at + paced.interval } }),
  }
}

function isSound(match: Match): boolean {
  return Object.entries(match).every(([key, value]) => matchProblem(key, value) === undefined)
}
