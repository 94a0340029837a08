import type { Config } from '../config/schema.js'
import { findUnrouted } from '../notify/findUnrouted.js'

const shown = 3

/**
 * Warns about notifications that may match no route and therefore go to every handler, or else about handlers that no
 * route names and that get nothing.
 */
export function inspectRoutes({ notifier, chains }: Config): readonly string[] {
  const unrouted = findUnrouted({
    rules: notifier.routes,
    chains: chains.map(({ name, governance }) => ({ name, system: governance.system })),
    priorities: notifier.priorities,
  })
  if (unrouted.length === 0) return unnamed(notifier)
  const more = unrouted.length - shown
  const some = `${unrouted.slice(0, shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return [
    `notifier.routes: no route is sure to fit ${some}. What none fits goes to every handler; a last route without a match says where instead.`,
  ]
}

function unnamed({ routes, handlers }: Config['notifier']): readonly string[] {
  if (routes.length === 0 || routes.some(({ to }) => to === undefined)) return []
  const named = new Set(routes.flatMap(({ to = [] }) => to))
  const left = handlers.map(({ name }) => name).filter((name) => !named.has(name))
  if (left.length === 0) return []
  return [
    `notifier.routes: every notification fits a route, and none names ${left.join(', ')}: nothing is sent there. Add the name to a route, or remove the handler.`,
  ]
}
