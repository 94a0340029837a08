import type { Proposal } from '../domain/proposals/proposal.js'
import { withEstimates } from '../domain/proposals/withEstimates.js'
import type { ChainOutline } from '../store/Store.js'
import type { Shown } from './proposalView.js'

/** Adds estimated times to proposals, based on the block time of their chain. */
export function showProposals(
  states: readonly Pick<ChainOutline, 'chain' | 'head' | 'blockTime'>[],
): (proposal: Proposal) => Shown {
  const paces = new Map(states.map((state) => [state.chain, state]))
  return (proposal) => {
    const pace = paces.get(proposal.chain)
    const shown = pace === undefined ? proposal : withEstimates(proposal, pace)
    return { proposal: shown, estimated: shown.votingEndsAtEstimated === true }
  }
}
