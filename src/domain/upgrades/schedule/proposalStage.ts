import { isActive, type Proposal } from '../../proposals/proposal.js'
import type { ResolvedPlanOptions } from '../planOptions.js'

/** Returns true if the status allows the plan of a proposal to become an upgrade. */
export function isSchedulable(proposal: Proposal, { scheduleOn }: Pick<ResolvedPlanOptions, 'scheduleOn'>): boolean {
  return proposal.notUnderstood === undefined && hasPassed(proposal, scheduleOn)
}

function hasPassed(proposal: Proposal, scheduleOn: ResolvedPlanOptions['scheduleOn']): boolean {
  if (isExecuted(proposal)) return true
  // An announced plan is not executed before its height.
  if (proposal.announced === true) return proposal.status === 'passed'
  return scheduleOn === 'passed' && (proposal.status === 'passed' || proposal.status === 'queued')
}

/**
 * Returns true if the proposal is carried out: by its contract, or by a chain for which `passed` is the final status.
 */
export function isExecuted({ status, carriedOut: isDone }: Proposal): boolean {
  return status === 'executed' || (status === 'passed' && isDone === true)
}

/** Returns true if the vote is open, or the execution that `scheduleOn` requires is still to come. */
export function isUndecided(proposal: Proposal): boolean {
  return isActive(proposal) || proposal.status === 'passed' || proposal.status === 'queued'
}
