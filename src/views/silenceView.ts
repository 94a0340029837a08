import type { Silence } from '../domain/notifications/routing.js'
import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'

/** One silence in the format of `silence list --json`. */
export function silenceView({ id, match, until, comment, by, held }: Silence): JsonObject {
  return { id, match, until: isoOfMs(until), comment, by, held }
}
