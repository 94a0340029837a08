import { etaOf } from '../blocks/blockTime.js'
import type { ChainState } from '../chainState.js'
import type { Proposal } from './proposal.js'

type Pace = Pick<ChainState, 'head' | 'blockTime'>
type Estimates = Pick<Proposal, 'votingStartsAt' | 'votingStartsAtEstimated' | 'votingEndsAt' | 'votingEndsAtEstimated'>

/**
 * Returns the proposal with the times of its vote, if the vote is counted in blocks of this chain. Times still to come
 * are estimated from the measured block time and marked as estimates. They are for display only; no decision uses them.
 */
export function withEstimates(proposal: Proposal, pace: Pace): Proposal {
  const estimates = estimatesOf(proposal, pace)
  return estimates === undefined ? proposal : { ...proposal, ...estimates }
}

/** The times that {@link withEstimates} adds; `undefined` if the vote is not counted in blocks of this chain. */
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
