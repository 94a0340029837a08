import { defaultPriorities, type NotificationEvent, type Priority } from '../domain/notifications/notification.js'
import type { RouteRule } from './createRouter.js'
import type { Traits } from './traitsOf.js'
import { compileMatch } from './match.js'

export interface RoutedKinds {
  readonly rules: readonly Pick<RouteRule, 'match'>[]
  readonly chains: readonly { readonly name: string; readonly system: string }[]
  /** Priorities that differ from the defaults. */
  readonly priorities: Readonly<Partial<Record<NotificationEvent, Priority>>>
}

// What is known of an event before it occurs.
const sureKeys: readonly string[] = ['chain', 'system', 'event', 'priority']

/**
 * Returns events that may match no rule, with their chains, such as `new_proposal of main`: every handler gets them.
 */
export function findUnrouted({ rules, chains, priorities }: RoutedKinds): readonly string[] {
  if (rules.length === 0) return []
  const sure = rules
    .filter(({ match }) => Object.keys(match).every((key) => sureKeys.includes(key)))
    .map(({ match }) => compileMatch(match))
  const events = Object.entries<Priority>({ ...defaultPriorities, ...priorities })
  return chains.flatMap(({ name, system }) =>
    events.flatMap(([event, priority]) => {
      const traits: Traits = { chain: name, system, event, priority, titles: [], subject: '', labels: {} }
      return sure.some((fits) => fits(traits)) ? [] : [`${event} of ${name}`]
    }),
  )
}
