import type { Config } from '../config/schema.js'
import { findUnrouted } from '../notify/findUnrouted.js'

const shown = 3

/** Warns about notifications that may match no route and therefore go to every handler; undefined if there are none. */
export function inspectRoutes({ notifier, chains }: Config): string | undefined {
  const unrouted = findUnrouted({
    rules: notifier.routes,
    chains: chains.map(({ name, governance }) => ({ name, system: governance.system })),
    priorities: notifier.priorities,
  })
  if (unrouted.length === 0) return undefined
  const more = unrouted.length - shown
  const some = `${unrouted.slice(0, shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `notifier.routes: no route is sure to fit ${some}. What none fits goes to every handler; a last route without a match says where instead.`
}
