import { withStanding } from '../plans/plan.js'
import type { Proposal } from './proposal.js'
import type { KeyedPlanStanding } from '../reading.js'

/**
 * Returns the proposal with the chain's report about its plan, or the same object if the report is about another plan.
 */
export function withPlanStanding(proposal: Proposal, { name, height, ...standing }: KeyedPlanStanding): Proposal {
  const { finding } = proposal
  if (finding?.plan.name !== name || !Object.is(finding.plan.height, height)) return proposal
  return { ...proposal, finding: withStanding(finding, standing) }
}
