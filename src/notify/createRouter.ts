import { memoizeByObject } from '../domain/memoizeByObject.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { Match, NotificationRoute, Silence } from '../domain/notifications/routing.js'
import { type Facts, factsOf } from './factsOf.js'
import { compileMatch, matchProblem } from './match.js'

/** What happens to notifications of a kind. */
export interface RouteRule {
  /** @defaultValue fits everything */
  readonly match: Match
  /** Names of handlers. @defaultValue all */
  readonly to?: readonly string[]
  /** Whether the rules after it are looked at too. */
  readonly continue: boolean
}

export interface RouterOptions {
  readonly rules: readonly RouteRule[]
  /** What each handler wants at all, by its key. */
  readonly handlers: ReadonlyMap<string, (notification: Notification) => boolean>
  /** The governance system of a chain. */
  readonly systemOf: (chain: string) => string | undefined
}

/**
 * Decides where each notification goes: nowhere where a silence fits it; else to the handlers of the first rule that
 * fits, and of the next ones while `continue` says so; where none fits, to every handler. A handler gets it once, by
 * the first rule that names it, and only what it wants at all.
 */
export function createRouter({ rules, handlers, systemOf }: RouterOptions): NotificationRoute {
  const compiled = rules.map((rule) => ({ rule, fits: compileMatch(rule.match) }))
  const silencersOf = memoizeByObject((silences: readonly Silence[]) =>
    // Another version may have written what this one does not take.
    silences.filter(({ match }) => isSound(match)).map(({ id, match }) => ({ id, fits: compileMatch(match) })),
  )

  function chosenFor(facts: Facts): ReadonlySet<string> {
    const chosen = new Set<string>()
    for (const { rule, fits } of compiled) {
      if (!fits(facts)) continue
      for (const key of rule.to ?? handlers.keys()) chosen.add(key)
      if (!rule.continue) return chosen
    }
    return chosen.size === 0 ? new Set(handlers.keys()) : chosen
  }

  return (notification, { silences }) => {
    const facts = factsOf(notification, systemOf)
    const silencer = silencersOf(silences).find(({ fits }) => fits(facts))
    if (silencer !== undefined) return { silencedBy: silencer.id, to: [] }
    const chosen = chosenFor(facts)
    return { to: [...handlers].flatMap(([key, wants]) => (chosen.has(key) && wants(notification) ? [key] : [])) }
  }
}

function isSound(match: Match): boolean {
  return Object.entries(match).every(([key, value]) => matchProblem(key, value) === undefined)
}
