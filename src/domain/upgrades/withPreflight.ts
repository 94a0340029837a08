import { isSameDue } from '../plans/dueAt.js'
import type { PlanRef } from '../plans/plan.js'
import type { Upgrade } from './upgrade.js'
import type { FileNews } from './writeOutcome.js'

type Looked = Extract<FileNews, { readonly result: 'preflighted' }>

// Enough to be told in a line or two.
const maxProblems = 10

/** The upgrade with what a look came to; as it was where the look was about a plan that it has no more. */
export function withPreflight(upgrade: Upgrade, { plan, found }: Looked): Upgrade {
  if (!isAbout(upgrade, plan)) return upgrade
  const { owed: _owed, ...before } = upgrade.preflight ?? { leads: [] }
  const { verdict, checkedAt, checks } = found
  const problems = checks.flatMap((check) => (check.verdict === 'ready' ? [] : [check.reason])).slice(0, maxProblems)
  return { ...upgrade, preflight: { ...before, verdict, checkedAt, problems } }
}

/** True where a look is about the plan that the upgrade has now. */
export function isAbout(upgrade: Upgrade, plan: PlanRef): boolean {
  return upgrade.name === plan.name && isSameDue(upgrade, plan)
}
