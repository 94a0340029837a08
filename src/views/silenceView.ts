import type { Silence } from '../domain/notifications/routing.js'
import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'

/** One silence as `silence list --json` gives it. */
export function silenceView({ id, match, until, comment, by, held }: Silence): JsonObject {
  return { id, match, until: isoOfMs(until), comment, by, held }
}
