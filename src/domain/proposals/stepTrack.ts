import type { Change } from './change.js'
import { keyOf, type Proposal, type ProposalKey } from './proposal.js'

/** Applies changes to the proposals known; the same map where nothing about a proposal changed. */
export function stepTrack(
  known: ReadonlyMap<ProposalKey, Proposal>,
  changes: readonly Change[],
): ReadonlyMap<ProposalKey, Proposal> {
  let next: Map<ProposalKey, Proposal> | undefined
  for (const change of changes) {
    if (change.type === 'voteCast') continue
    next ??= new Map(known)
    if (change.type === 'proposalRetracted') next.delete(keyOf(change.proposal))
    else next.set(keyOf(change.proposal), change.proposal)
  }
  return next ?? known
}
