import { isSameDue } from '../plans/dueAt.js'
import type { PlanRef } from '../plans/plan.js'
import type { Upgrade } from './upgrade.js'
import type { FileNews } from './writeOutcome.js'

type Looked = Extract<FileNews, { readonly result: 'preflighted' }>

// Maximum number of problems kept; so many fit into a line or two.
const maxProblems = 10

/** Returns the upgrade with the result of a check, or unchanged if the check was about another plan. */
export function withPreflight(upgrade: Upgrade, { plan, found }: Looked): Upgrade {
  if (!isAbout(upgrade, plan)) return upgrade
  const { owed: _owed, ...before } = upgrade.preflight ?? { leads: [] }
  const { verdict, checkedAt, checks } = found
  const problems = checks.flatMap((check) => (check.verdict === 'ready' ? [] : [check.reason])).slice(0, maxProblems)
  return { ...upgrade, preflight: { ...before, verdict, checkedAt, problems } }
}

/** Returns true if a check is about the present plan of the upgrade. */
export function isAbout(upgrade: Upgrade, plan: PlanRef): boolean {
  return upgrade.name === plan.name && isSameDue(upgrade, plan)
}
