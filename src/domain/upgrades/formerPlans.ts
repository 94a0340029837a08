import { defined } from '../defined.js'
import { type DueAt, isSameDue } from '../plans/dueAt.js'
import type { FormerPlan, Upgrade } from './upgrade.js'

/** How many an upgrade keeps: more than wrong answers will name in a row. The oldest leaves first. */
export const mostFormerPlans = 16

/**
 * Returns the plans for which an upgrade has been scheduled, its present one included, the latest first. The last
 * answer may be wrong: if a former plan comes back, it is judged as the plan that was in time, not as a new one that
 * comes too late.
 */
export function formerPlansOf(upgrade: Upgrade | undefined): readonly FormerPlan[] {
  if (upgrade === undefined) return []
  const { name, height, time, scheduledAt, noticedAt, formerPlans = [] } = upgrade
  if (scheduledAt === undefined) return formerPlans
  const last: FormerPlan = { name, scheduledAt, ...defined({ height, time, noticedAt }) }
  return [last, ...formerPlans.filter((one) => !isSamePlan(one, last))]
}

/** True if both are for the same binary and block. */
export function isSamePlan(a: DueAt & { readonly name: string }, b: DueAt & { readonly name: string }): boolean {
  return a.name === b.name && isSameDue(a, b)
}
