import type { Preflight } from '../domain/readiness/check.js'
import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'

/** One upgrade as `preflight --json` gives it. */
export function preflightView({ chain, key, name, height, verdict, checks, checkedAt }: Preflight): JsonObject {
  return {
    chain,
    key,
    name,
    height,
    verdict,
    checks: checks.map(({ id, verdict: own, reason, todo }) => ({ id, verdict: own, reason, todo: todo ?? null })),
    checkedAt: isoOfMs(checkedAt),
  }
}
