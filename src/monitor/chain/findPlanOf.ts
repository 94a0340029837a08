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
 * Finds a plan where the library user knows better than the rules: `undefined` means that there is none. What it
 * throws is a problem of that one proposal, and refuses its upgrade.
 */
export type ExtractPlan = (proposal: Proposal) => Plan | undefined

/** The plan of a proposal: what the chain says together with the operator's own `plans`, or what `extractPlan` says. */
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

/**
 * Which proposals may carry a plan here that the chain knows nothing of: by their ids, or any that may be carried out.
 */
export function planHolders(
  { plans }: Pick<ChainConfig, 'plans'>,
  extractPlan?: ExtractPlan,
): readonly ProposalFilter[] {
  if (extractPlan !== undefined) return [{ status: 'passed' }, { status: 'queued' }, { status: 'executed' }]
  return plans.flatMap(({ proposal: id }) => (id === undefined ? [] : [{ id }]))
}

/** Every poll asks again for each proposal; as long as it is the same object, so is the answer. */
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
