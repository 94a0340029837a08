import { etaOf } from './blockTime.js'
import type { ChainState } from './chainState.js'
import type { Proposal } from './proposal.js'

/**
 * The proposal with the times of its vote, where it counts in blocks of this chain: those that are still to come are
 * estimated from the measured block time, and marked so. For showing only; nothing is decided by an estimate.
 */
export function withEstimates(
  proposal: Proposal,
  { head, blockTime }: Pick<ChainState, 'head' | 'blockTime'>,
): Proposal {
  const { clock, foreignClock, votingStart, votingEnd, votingStartsAt, votingEndsAt, submittedAt = 0n } = proposal
  if (clock !== 'block' || foreignClock === true || head === undefined) return proposal
  const start =
    votingStartsAt !== undefined || votingStart === undefined ? undefined : etaOf(votingStart, head, blockTime)
  const end = votingEndsAt !== undefined || votingEnd === undefined ? undefined : etaOf(votingEnd, head, blockTime)
  return {
    ...proposal,
    ...(start !== undefined && {
      votingStartsAt: start > submittedAt ? start : submittedAt,
      votingStartsAtEstimated: true,
    }),
    ...(end !== undefined && { votingEndsAt: end, votingEndsAtEstimated: true }),
  }
}
