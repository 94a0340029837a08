import type { JsonObject } from '../domain/text/json.js'
import type { Plan } from '../domain/plans/plan.js'

/** A plan in JSON: what the proposal says, with null for what it does not. */
export function planView({ name, height, info, binaries }: Plan): JsonObject {
  return { name, height, info: info ?? null, binaries: binaries ?? null }
}
