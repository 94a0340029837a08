import type { ChainConfig } from '../../config/schema.js'
import type { Labels } from '../../domain/labels.js'
import { memoizeByObject } from '../../domain/memoizeByObject.js'
import { ruleFor } from '../../domain/proposals/classify.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import { planFor } from './findPlanOf.js'

/**
 * What a proposal is called by: the labels of its chain, those of the rule that classifies it, and those of the plan
 * that is bound to it; of one name the last wins.
 */
export function labelsOf({
  labels,
  governance: { classify },
  plans,
}: Pick<ChainConfig, 'labels' | 'governance' | 'plans'>): (proposal: Proposal) => Labels {
  return memoizeByObject((proposal: Proposal) => ({
    ...labels,
    ...ruleFor(proposal, classify)?.labels,
    ...planFor(proposal, plans)?.labels,
  }))
}
