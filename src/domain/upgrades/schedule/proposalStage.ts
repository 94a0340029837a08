import { isActive, type Proposal } from '../../proposals/proposal.js'
import type { ResolvedPlanOptions } from '../planOptions.js'

/** True where the status lets the plan of a proposal become an upgrade. */
export function isSchedulable(proposal: Proposal, { scheduleOn }: Pick<ResolvedPlanOptions, 'scheduleOn'>): boolean {
  return proposal.notUnderstood === undefined && hasPassed(proposal, scheduleOn)
}

function hasPassed(proposal: Proposal, scheduleOn: ResolvedPlanOptions['scheduleOn']): boolean {
  return (
    isExecuted(proposal) || (scheduleOn === 'passed' && (proposal.status === 'passed' || proposal.status === 'queued'))
  )
}

/** Carried out: by the contract, or by the chain that only says `passed`. */
export function isExecuted({ status, carriedOut: isDone }: Proposal): boolean {
  return status === 'executed' || (status === 'passed' && isDone === true)
}

/** Its vote runs, or it waits for the execution that `scheduleOn` asks for. */
export function isUndecided(proposal: Proposal): boolean {
  return isActive(proposal) || proposal.status === 'passed' || proposal.status === 'queued'
}
