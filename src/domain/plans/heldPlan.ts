import { formalProblems, planProblems } from './validatePlan.js'
import type { Occupied } from '../upgrades/occupied.js'
import { isSameDue } from './dueAt.js'
import type { Plan, PlanFinding } from './plan.js'
import type { Proposal, ProposalKey } from '../proposals/proposal.js'
import { isLive } from '../upgrades/queueOf.js'
import type { ResolvedPlanOptions } from '../upgrades/planOptions.js'

/**
 * Returns true for systems whose chains carry out scheduled plans themselves. A doubt about a plan holds nothing back
 * there, because the next answer settles it.
 */
export function carriesPlansOut(system: string): boolean {
  return system === 'cosmos' || system === 'signal' || system === 'fork-config'
}

/** Returns true for systems whose nodes contain the old and the new version and do not stop before the height. */
export function switchesWithoutHalt(system: string): boolean {
  return system === 'signal' || system === 'fork-config'
}

/**
 * Returns true if the chain's own upgrade module holds the plan: the chain reports it, or it executed a proposal whose
 * message schedules it. Its nodes switch at the height, whatever the problems of the plan.
 */
export function isHeldByChain(proposal: Proposal, { origin }: PlanFinding): boolean {
  return origin === 'chain' || (origin === 'call' && proposal.carriedOut === true)
}

export function isHeldAlready(plan: Plan, occupied: Occupied | undefined, key: ProposalKey): boolean {
  return [...(occupied?.names.get(plan.name)?.values() ?? [])].some(
    (other) => other.key !== key && isSameDue(other, plan) && other.held === true && isLive(other),
  )
}

/** Returns the problems of a plan that only prevent its file from being written. */
export function remarksOn(proposal: Proposal, finding: PlanFinding, options: ResolvedPlanOptions): readonly string[] {
  const isHeld = isHeldByChain(proposal, finding)
  if (!isHeld && options.when !== 'never') return []
  return formalProblems(finding, planProblems(finding, options), { isHeld })
}

/** Returns the problems for which the plan is refused, regardless of other plans. */
export function refusals(proposal: Proposal, finding: PlanFinding, options: ResolvedPlanOptions): readonly string[] {
  const remarks = remarksOn(proposal, finding, options)
  return planProblems(finding, options).filter((problem) => !remarks.includes(problem))
}
