import { etaOf } from './blockTime.js'
import type { ChainState } from './chainState.js'
import type { Proposal } from './proposal.js'

/**
 * The proposal with the times of its vote, where it counts in blocks: estimated from the measured block time. For
 * showing only; nothing is decided by an estimate.
 */
export function withEstimates(proposal: Proposal, { head, blockTime }: Pick<ChainState, 'head' | 'blockTime'>): Proposal {
  const { clock, votingStart, votingEnd, votingStartsAt, votingEndsAt, submittedAt = 0n } = proposal
  if (clock !== 'block' || head === undefined) return proposal
  const start = votingStartsAt ?? (votingStart === undefined ? undefined : etaOf(votingStart, head, blockTime))
  const end = votingEndsAt ?? (votingEnd === undefined ? undefined : etaOf(votingEnd, head, blockTime))
  return { ...proposal, ...(start !== undefined && { votingStartsAt: start > submittedAt ? start : submittedAt }), ...(end !== undefined && { votingEndsAt: end }) }
}
