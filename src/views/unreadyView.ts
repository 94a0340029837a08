import type { UnreadyNode } from '../domain/plans/plan.js'
import type { JsonObject } from '../domain/text/json.js'
import { timeOrNull } from './orNull.js'

/** Nodes that are not ready for a plan, in JSON. */
export function unreadyView(unready: readonly UnreadyNode[] | undefined): readonly JsonObject[] | undefined {
  return unready?.map(({ host, reason, readyUntil }) => ({ host, reason, readyUntil: timeOrNull(readyUntil) }))
}
