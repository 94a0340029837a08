import { withStanding } from '../plans/plan.js'
import type { Proposal } from './proposal.js'
import type { KeyedPlanStanding } from '../reading.js'

/** A proposal with what the chain says of its plan; the same where it is said of another plan. */
export function withPlanStanding(proposal: Proposal, { name, height, ...standing }: KeyedPlanStanding): Proposal {
  const { finding } = proposal
  if (finding?.plan.name !== name || !Object.is(finding.plan.height, height)) return proposal
  return { ...proposal, finding: withStanding(finding, standing) }
}
