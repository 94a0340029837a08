import type { ChainConfig } from '../../config/schema.js'
import { checkPlan } from '../../domain/plans/checkPlan.js'
import { reasonOf } from '../../domain/errors.js'
import { combinePlans } from '../../domain/plans/combinePlans.js'
import type { Plan, PlanFinding } from '../../domain/plans/plan.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import type { ProposalFilter } from '../../domain/proposals/selectProposals.js'
import { cleanLine } from '../../domain/text/text.js'
import { defined } from '../../domain/defined.js'

/**
 * Finds the plan of a proposal instead of the built-in rules; `undefined` means that there is none. If it throws, the
 * upgrade of that one proposal is refused.
 */
export type ExtractPlan = (proposal: Proposal) => Plan | undefined

/** Combines the plan on the chain with the operator's own `plans`. With `extractPlan`, only its result counts. */
export function findPlanOf(
  { plans }: Pick<ChainConfig, 'plans'>,
  extractPlan?: ExtractPlan,
): (proposal: Proposal) => PlanFinding | undefined {
  if (extractPlan !== undefined) {
    return remembered((proposal) => {
      try {
        const plan = extractPlan(proposal)
        return plan === undefined ? undefined : { plan, origin: 'library', problems: checkPlan(plan).problems }
      } catch (cause) {
        return {
          plan: { name: '', height: 0 },
          origin: 'library',
          problems: [`extractPlan failed: ${cleanLine(reasonOf(cause), 200)}`],
        }
      }
    })
  }
  if (plans.every(({ proposal }) => proposal === undefined)) return ({ finding }) => finding
  return remembered((proposal) => {
    const { finding } = proposal
    const own = planFor(proposal, plans)
    if (own === undefined) return finding
    const { name, height, info } = own
    return combinePlans(finding, { name, height, ...defined({ info }) })
  })
}

/** The operator's own plan for a proposal. */
export function planFor(
  { id, contract }: Pick<Proposal, 'id' | 'contract'>,
  plans: ChainConfig['plans'],
): ChainConfig['plans'][number] | undefined {
  return plans.find(
    (plan) =>
      plan.proposal === id && (plan.contract === undefined || plan.contract.toLowerCase() === contract.toLowerCase()),
  )
}

/** Filters for proposals that may carry a plan unknown to the chain: by id, or any that passed. */
export function planHolders(
  { plans }: Pick<ChainConfig, 'plans'>,
  extractPlan?: ExtractPlan,
): readonly ProposalFilter[] {
  if (extractPlan !== undefined) return [{ status: 'passed' }, { status: 'queued' }, { status: 'executed' }]
  return plans.flatMap(({ proposal: id }) => (id === undefined ? [] : [{ id }]))
}

/** Caches by object, because every poll asks again for each proposal and most stay the same object. */
function remembered(
  find: (proposal: Proposal) => PlanFinding | undefined,
): (proposal: Proposal) => PlanFinding | undefined {
  const found = new WeakMap<Proposal, { readonly finding: PlanFinding | undefined }>()
  return (proposal) => {
    const known = found.get(proposal)
    if (known !== undefined) return known.finding
    const finding = find(proposal)
    found.set(proposal, { finding })
    return finding
  }
}
