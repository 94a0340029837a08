import { isJsonObject } from '../../../domain/json.js'
import type { PlanFinding } from '../../../domain/plan.js'
import { findingOf } from './planIn.js'

/** The plan in an answer: none where it is `null`; `undefined` where the answer is something else. */
export function decodeCurrentPlan(body: unknown): { readonly finding?: PlanFinding } | undefined {
  if (!isJsonObject(body)) return undefined
  const plan = body['plan']
  if (plan === null || plan === undefined) return {}
  return isJsonObject(plan) ? { finding: findingOf(plan, 'chain') } : undefined
}
