import type { ChainConfig } from '../config/schema.js'
import { checkPlan } from '../domain/checkPlan.js'
import { mergeFindings } from '../domain/mergeFindings.js'
import type { Plan, PlanFinding } from '../domain/plan.js'
import type { Proposal } from '../domain/proposal.js'

/** Finds a plan where the library user knows better than the rules: `undefined` means that there is none. */
export type ExtractPlan = (proposal: Proposal) => Plan | undefined

/** The plan of a proposal: what the chain says together with the operator's own `plans`, or what `extractPlan` says. */
export function findPlanOf({ plans }: Pick<ChainConfig, 'plans'>, extractPlan?: ExtractPlan): (proposal: Proposal) => PlanFinding | undefined {
  if (extractPlan !== undefined) {
    return (proposal) => {
      const plan = extractPlan(proposal)
      return plan === undefined ? undefined : { plan, origin: 'library', problems: checkPlan(plan).problems }
    }
  }
  return ({ id, contract, finding }) => {
    const own = plans.find((plan) => plan.proposal === id
      && (plan.contract === undefined || plan.contract.toLowerCase() === contract.toLowerCase()))
    if (own === undefined) return finding
    const { name, height, info } = own
    return mergeFindings(finding, { name, height, ...(info !== undefined && { info }) })
  }
}
