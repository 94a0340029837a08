import { editMap } from '../editedMap.js'
import type { Change } from './change.js'
import { keyOf, type Proposal, type ProposalKey } from './proposal.js'

/** Applies changes to the known proposals. Returns the same map if no proposal changed. */
export function stepTrack(
  known: ReadonlyMap<ProposalKey, Proposal>,
  changes: readonly Change[],
): ReadonlyMap<ProposalKey, Proposal> {
  const proposals = editMap(known)
  for (const change of changes) {
    if (change.type === 'voteCast') continue
    if (change.type === 'proposalRetracted') proposals.delete(keyOf(change.proposal))
    else proposals.set(keyOf(change.proposal), change.proposal)
  }
  return proposals.map()
}
