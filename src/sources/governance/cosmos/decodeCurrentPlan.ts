import { isJsonObject } from '../../../domain/json.js'
import type { PlanFinding } from '../../../domain/plan.js'
import { findingOf } from './planIn.js'
import { wholeOf } from './scalars.js'

/** The plan in an answer: none where it is `null`; `undefined` where the answer is something else. Never throws. */
export function decodeCurrentPlan(body: unknown): { readonly finding?: PlanFinding } | undefined {
  if (!isJsonObject(body)) return undefined
  const plan = body['plan']
  if (plan === null) return {}
  if (!isJsonObject(plan) || typeof plan['name'] !== 'string' || plan['name'] === '' || wholeOf(plan['height']) === undefined) return undefined
  return { finding: findingOf(plan, 'chain') }
}
