import { isActive, type Proposal } from '../../proposals/proposal.js'
import type { ResolvedPlanOptions } from '../planOptions.js'

/** True where the status lets the plan of a proposal become an upgrade. */
export function isSchedulable(proposal: Proposal, { scheduleOn }: Pick<ResolvedPlanOptions, 'scheduleOn'>): boolean {
  return proposal.notUnderstood === undefined && hasPassed(proposal, scheduleOn)
}

function hasPassed(proposal: Proposal, scheduleOn: ResolvedPlanOptions['scheduleOn']): boolean {
  if (isExecuted(proposal)) return true
  // What is announced is not executed before its height.
  if (proposal.announced === true) return proposal.status === 'passed'
  return scheduleOn === 'passed' && (proposal.status === 'passed' || proposal.status === 'queued')
}

/** True where the proposal is carried out: by its contract, or by a chain whose last status is `passed`. */
export function isExecuted({ status, carriedOut: isDone }: Proposal): boolean {
  return status === 'executed' || (status === 'passed' && isDone === true)
}

/** True where the vote still runs, or the execution that `scheduleOn` asks for is still to come. */
export function isUndecided(proposal: Proposal): boolean {
  return isActive(proposal) || proposal.status === 'passed' || proposal.status === 'queued'
}
