import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../config/schema.js'
import { defaultPriorities, type Priority, reaches } from '../domain/notifications/notification.js'
import { events } from '../channels/filter.js'
import { channelOf } from '../channels/registry.js'
import { namesText } from '../domain/text/namesText.js'

type Notifier = Config['notifier']
type HandlerConfig = Notifier['handlers'][number]

/**
 * Warns about handlers with the same place: pagers whose alerts have the same keys, and others that are sent the same
 * notification. One sentence for each place.
 */
export function inspectPlaces({ notifier }: Pick<Config, 'notifier'>): readonly string[] {
  const places: HandlerConfig[][] = []
  for (const handler of notifier.handlers) {
    const shared = places.find(([first]) => isDeepStrictEqual(first && placeOf(first), placeOf(handler)))
    if (shared === undefined) places.push([handler])
    else shared.push(handler)
  }
  return places.flatMap((handlers) => {
    const crowd = handlers.filter((one) => handlers.some((other) => one !== other && meet(one, other, notifier)))
    const [first] = crowd
    if (first === undefined) return []
    const names = namesText(crowd.map(({ name }) => name))
    return [
      isPager(first)
        ? `notifier.handlers: ${names} have the same key, so that what one of them opens, acknowledges or closes is the alert of the others, too. Give each a key of its own, or make them one handler.`
        : `notifier.handlers: ${names} have the same place, and what each of them wants comes there more than once. One of them is enough, unless events, chains or routes set them apart.`,
    ]
  })
}

function placeOf(settings: HandlerConfig): readonly unknown[] {
  return [settings.type, ...channelOf(settings).placeOf(settings)]
}

/** Returns true for a handler that keeps alerts by their subject, whichever notification opened them. */
function isPager(handler: HandlerConfig): boolean {
  const { keeps } = channelOf(handler)
  return keeps !== 'nothing' && keeps.kind === 'alerts'
}

/** Returns true if both may be sent the same notification, or for pagers, something of the same subject. */
function meet(one: HandlerConfig, other: HandlerConfig, notifier: Notifier): boolean {
  const ofBoth = one.chains === undefined || (other.chains?.some((chain) => one.chains?.includes(chain)) ?? true)
  if (!ofBoth || isPager(one)) return ofBoth
  const all: Readonly<Record<string, Priority>> = { ...defaultPriorities, ...notifier.priorities }
  return (
    events.some((event) => [one, other].every((handler) => accepts(handler, event, all[event] ?? 'critical'))) &&
    isRoutedToBoth(one.name, other.name, notifier.routes)
  )
}

function accepts({ events: only, minPriority }: HandlerConfig, event: (typeof events)[number], priority: Priority) {
  return (only === undefined || only.includes(event)) && reaches(priority, minPriority)
}

/** Returns true if the routes may send one notification to both. What no route fits is left out. */
function isRoutedToBoth(one: string, other: string, routes: Notifier['routes']): boolean {
  const names = ({ to }: Notifier['routes'][number], name: string): boolean => to?.includes(name) ?? true
  const meets = (first: string, second: string): boolean =>
    routes.some(
      (route, at) =>
        names(route, first) &&
        (names(route, second) || (route.continue && routes.slice(at + 1).some((later) => names(later, second)))),
    )
  return routes.length === 0 || meets(one, other) || meets(other, one)
}
