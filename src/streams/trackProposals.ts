import { type OperatorFunction, scan } from 'rxjs'
import type { Change } from '../domain/change.js'
import { keyOf, type Proposal, type ProposalKey } from '../domain/proposal.js'
import { type Bounds, pruneProposals } from '../domain/pruneProposals.js'

/** All proposals known now. `selectProposals` and `statisticsOf` read it. */
export interface ProposalState {
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
}

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

/**
 * Emits the state of all proposals after each change; the latest snapshot of a proposal wins.
 *
 * Completed proposals are dropped by age and by count, counted in the time of the chain. Any number of chains
 * may be merged before it. Errors and completes with its source.
 */
export function trackProposals(bounds: Bounds = {}): OperatorFunction<Change, ProposalState> {
  return (change$) =>
    change$.pipe(
      scan(
        ({ proposals }: ProposalState, change) => {
          const tracked = stepTrack(proposals, [change])
          const old = pruneProposals(tracked, change.time, bounds)
          return { proposals: old.length === 0 ? tracked : without(tracked, old) }
        },
        { proposals: new Map() },
      ),
    )
}

function without(
  proposals: ReadonlyMap<ProposalKey, Proposal>,
  keys: readonly ProposalKey[],
): ReadonlyMap<ProposalKey, Proposal> {
  const dropped = new Set(keys)
  return new Map([...proposals].filter(([key]) => !dropped.has(key)))
}
