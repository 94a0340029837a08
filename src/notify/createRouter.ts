import { memoizeByObject } from '../domain/memoizeByObject.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { HeldDelivery, Match, NotificationRoute, RoutingMoment, Silence } from '../domain/notifications/routing.js'
import { deadlineOf } from './deadlineOf.js'
import { nextTime } from './digestTimes.js'
import { type Facts, factsOf } from './factsOf.js'
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
  /** What tells bundles of this rule from those of others. */
  readonly key: string
}

/**
 * Decides where and when each notification goes: nowhere where a silence fits it; else to the handlers of the first
 * rule that fits, and of the next ones while `continue` says so; where none fits, to every handler, at once. A handler
 * gets it once, by the first rule that names it, and only what it wants at all. Critical is never held.
 */
export function createRouter({ rules, handlers, timezone, systemOf }: RouterOptions): NotificationRoute {
  const compiled = compileRules(rules, [...handlers.keys()], timezone)
  const silencersOf = memoizeByObject((silences: readonly Silence[]) =>
    // Another version may have written what this one does not take.
    silences.filter(({ match }) => isSound(match)).map(({ id, match }) => ({ id, fits: compileMatch(match) })),
  )
  return (notification, moment) => {
    const facts = factsOf(notification, systemOf)
    const silencer = silencersOf(moment.silences).find(({ fits }) => fits(facts))
    if (silencer !== undefined) return { silencedBy: silencer.id, to: [] }
    const chosen = choose(compiled, facts)
    return {
      to: [...handlers].flatMap(([key, { wants, bundles }]) => {
        if ((chosen.size > 0 && !chosen.has(key)) || !wants(notification)) return []
        const rule = chosen.get(key)
        return [rule === undefined ? key : (hold(key, rule, bundles, { notification, facts, moment }) ?? key)]
      }),
    }
  }
}

function compileRules(rules: readonly RouteRule[], all: readonly string[], timezone: string): readonly Rule[] {
  const clock = wallClockOf(timezone)
  return rules.map(({ match, to = all, continue: continues, group, quietHours, digest }, index) => ({
    ...{ fits: compileMatch(match), to, continues, group },
    digestAfter: digest === undefined ? undefined : nextTime(digest, timezone),
    afterQuiet: quietHours === undefined ? undefined : (at) => endOfQuiet(quietHours, at, clock),
    key: String(index),
  }))
}

/** The handlers that the rules choose, each with the rule that named it first; none where no rule fits. */
function choose(rules: readonly Rule[], facts: Facts): ReadonlyMap<string, Rule> {
  const chosen = new Map<string, Rule>()
  for (const rule of rules) {
    if (!rule.fits(facts)) continue
    for (const key of rule.to) if (!chosen.has(key)) chosen.set(key, rule)
    if (!rule.continues) break
  }
  return chosen
}

interface Occasion {
  readonly notification: Notification
  readonly facts: Facts
  readonly moment: RoutingMoment
}

/** How the rule holds a notification back from a handler; undefined where it goes there at once. */
function hold(
  handler: string,
  rule: Rule,
  bundles: boolean,
  { notification, facts, moment }: Occasion,
): HeldDelivery | undefined {
  if (notification.priority === 'critical') return undefined
  const { at, pace, lastRelease } = moment
  const parts = rule.digestAfter === undefined ? (rule.group?.by ?? []).map((key) => valueOf(facts, key) ?? null) : []
  const key = JSON.stringify([rule.key, ...parts])
  const last = rule.group === undefined ? undefined : lastRelease?.(handler, key)
  const release = releaseOf(rule, at, { deadline: deadlineOf(notification, at, pace), last })
  if (release === undefined) return undefined
  return {
    ...{ handler, releaseAt: release.at },
    ...(release.isBundled && bundles && { bundle: key }),
    ...(rule.group !== undefined && { group: { key, until: release.at + rule.group.interval } }),
  }
}

function isSound(match: Match): boolean {
  return Object.entries(match).every(([key, value]) => matchProblem(key, value) === undefined)
}
