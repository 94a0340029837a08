import { isJsonObject } from '../../../domain/text/json.js'
import type { PlanFinding } from '../../../domain/plans/plan.js'
import { findingOf, spellingOf } from './planIn.js'
import { wholeOf } from '../cosmosSdk/scalars.js'

/** The plan in an answer: none where it is `null`; `undefined` where the answer is something else. Never throws. */
export function decodeCurrentPlan(
  body: unknown,
): { readonly finding?: PlanFinding; readonly spelled?: string } | undefined {
  if (!isJsonObject(body)) return undefined
  const plan = body['plan']
  if (plan === null) return {}
  if (
    !isJsonObject(plan) ||
    typeof plan['name'] !== 'string' ||
    plan['name'] === '' ||
    wholeOf(plan['height']) === undefined
  )
    return undefined
  const finding = findingOf(plan, 'chain')
  return { finding, ...spellingOf(plan, finding.plan.name) }
}
