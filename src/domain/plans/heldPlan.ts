import { formalProblems, planProblems } from './validatePlan.js'
import type { Occupied } from '../upgrades/occupied.js'
import { isSameDue } from './dueAt.js'
import type { Plan, PlanFinding } from './plan.js'
import type { Proposal, ProposalKey } from '../proposals/proposal.js'
import { isLive } from '../upgrades/queueOf.js'
import type { ResolvedPlanOptions } from '../upgrades/planOptions.js'

/**
 * True of systems whose chains carry out by themselves what they have scheduled: a doubt about a plan holds nothing
 * back there, because the next answer settles it.
 */
export function carriesPlansOut(system: string): boolean {
  return system === 'cosmos' || system === 'signal' || system === 'fork-config'
}

/** True of systems whose nodes hold the old and the new version and do not stop before the height. */
export function switchesWithoutHalt(system: string): boolean {
  return system === 'signal' || system === 'fork-config'
}

/**
 * True where the chain's own upgrade module has the plan: it says so itself, or it carried out a proposal whose own
 * message schedules it. Its nodes switch at the height, whatever anybody thinks of the plan.
 */
export function isHeldByChain(proposal: Proposal, { origin }: PlanFinding): boolean {
  return origin === 'chain' || (origin === 'call' && proposal.carriedOut === true)
}

export function isHeldAlready(plan: Plan, occupied: Occupied | undefined, key: ProposalKey): boolean {
  return [...(occupied?.names.get(plan.name)?.values() ?? [])].some(
    (other) => other.key !== key && isSameDue(other, plan) && other.held === true && isLive(other),
  )
}

/** What is wrong with a plan but only keeps us from writing it. */
export function remarksOn(proposal: Proposal, finding: PlanFinding, options: ResolvedPlanOptions): readonly string[] {
  const isHeld = isHeldByChain(proposal, finding)
  if (!isHeld && options.when !== 'never') return []
  return formalProblems(finding, planProblems(finding, options), { isHeld })
}

/** What stands in the way of a plan by itself. */
export function refusals(proposal: Proposal, finding: PlanFinding, options: ResolvedPlanOptions): readonly string[] {
  const remarks = remarksOn(proposal, finding, options)
  return planProblems(finding, options).filter((problem) => !remarks.includes(problem))
}
