import { defined } from '../defined.js'
import { canonical } from '../text/json.js'
import { contentOf } from '../plans/combinePlans.js'
import { isSameDue } from '../plans/dueAt.js'
import { carriesPlansOut } from '../plans/heldPlan.js'
import { withStanding } from '../plans/plan.js'
import type { Proposal } from './proposal.js'

// Their readers take the description as it was submitted; others add words of their own to it.
const submittedAsIs: ReadonlySet<string> = new Set(['governor', 'wemixvisor-rpc'])

/** What a proposal says and carries, as text that is equal for equal content; how far it has come is no part of it. */
export function proposalContent({ system, description, finding }: Proposal): string {
  return canonical([
    finding === undefined ? null : contentOf(finding.plan),
    submittedAsIs.has(system) ? description : null,
  ])
}

/**
 * The proposal as far as it has come, with the content of another telling of it. Whether a chain that holds the plan
 * itself still has it is how far it has come.
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
