import type { ChainConfig } from '../../config/schema.js'
import type { Labels } from '../../domain/labels.js'
import { memoizeByObject } from '../../domain/memoizeByObject.js'
import { ruleFor } from '../../domain/proposals/classify.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import { planFor } from './findPlanOf.js'

/**
 * The labels of a proposal: those of its chain, of the rule that classifies it, and of the plan bound to it. If a name
 * occurs twice, the last one wins.
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
