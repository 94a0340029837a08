import { etaOf } from '../blocks/blockTime.js'
import type { ChainState } from '../chainState.js'
import type { Proposal } from './proposal.js'

type Pace = Pick<ChainState, 'head' | 'blockTime'>
type Estimates = Pick<Proposal, 'votingStartsAt' | 'votingStartsAtEstimated' | 'votingEndsAt' | 'votingEndsAtEstimated'>

/**
 * The proposal with the times of its vote, where it counts in blocks of this chain: those that are still to come are
 * estimated from the measured block time, and marked so. For showing only; nothing is decided by an estimate.
 */
export function withEstimates(proposal: Proposal, pace: Pace): Proposal {
  const estimates = estimatesOf(proposal, pace)
  return estimates === undefined ? proposal : { ...proposal, ...estimates }
}

/** The times that {@link withEstimates} adds; absent where the vote does not count in blocks of this chain. */
export function estimatesOf(proposal: Proposal, { head, blockTime }: Pace): Estimates | undefined {
  const { clock, foreignClock, votingStart, votingEnd, votingStartsAt, votingEndsAt, submittedAt = 0n } = proposal
  if (clock !== 'block' || foreignClock === true || head === undefined) return undefined
  const start =
    votingStartsAt !== undefined || votingStart === undefined ? undefined : etaOf(votingStart, head, blockTime)
  const end = votingEndsAt !== undefined || votingEnd === undefined ? undefined : etaOf(votingEnd, head, blockTime)
  return {
    ...(start !== undefined && {
      votingStartsAt: start > submittedAt ? start : submittedAt,
      votingStartsAtEstimated: true,
    }),
    ...(end !== undefined && { votingEndsAt: end, votingEndsAtEstimated: true }),
  }
}
