import { defined } from '../defined.js'
import { canonical } from '../text/json.js'
import { contentOf } from '../plans/combinePlans.js'
import { isSameDue } from '../plans/dueAt.js'
import { carriesPlansOut } from '../plans/heldPlan.js'
import { withStanding } from '../plans/plan.js'
import type { Proposal } from './proposal.js'

// Readers of these systems keep the description as it was submitted; others add words of their own to it.
const submittedAsIs: ReadonlySet<string> = new Set(['governor', 'wemixvisor-rpc'])

/**
 * Returns the content of a proposal as text that is equal for equal content. Its progress is not part of the content.
 */
export function proposalContent({ system, description, finding }: Proposal): string {
  return canonical([
    finding === undefined ? null : contentOf(finding.plan),
    submittedAsIs.has(system) ? description : null,
  ])
}

/**
 * Returns the proposal with its own progress and the content of another node's version. If the chain holds plans
 * itself, the standing of the plan there counts as progress, as long as both versions have the same plan.
 */
export function withContentOf(proposal: Proposal, { title, description, type, actions, ...other }: Proposal): Proposal {
  const { finding: before, ...rest } = proposal
  const isHeld = carriesPlansOut(proposal.system) && other.finding?.plan.name === before?.plan.name
  const finding =
    isHeld && other.finding !== undefined && before !== undefined && isSameDue(other.finding.plan, before.plan)
      ? withStanding(other.finding, before)
      : other.finding
  return { ...rest, title, description, type, actions, ...defined({ finding }) }
}
