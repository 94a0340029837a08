import type { Preflight } from '../domain/readiness/check.js'
import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'
import { dueView } from '../domain/plans/dueAt.js'

/** One upgrade in the format of `preflight --json`. */
export function preflightView(preflight: Preflight): JsonObject {
  const { chain, key, name, verdict, checks, checkedAt } = preflight
  return {
    chain,
    key,
    name,
    ...dueView(preflight),
    verdict,
    checks: checks.map(({ id, verdict: own, reason, todo }) => ({ id, verdict: own, reason, todo: todo ?? null })),
    checkedAt: isoOfMs(checkedAt),
  }
}
