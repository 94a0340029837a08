import { keyOf, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import type { RuleBook } from './context.js'

/** What is still known after a reorg. */
export interface Rewound {
  /** All blocks above this one were replaced. */
  readonly ancestor: bigint
  /** First block to read logs of. */
  readonly from: bigint
  readonly known: ReadonlyMap<ProposalKey, Proposal>
  /** Proposals to ask about even if they seemed over. */
  readonly again: ReadonlySet<ProposalKey>
  /** Proposals created above the ancestor; retracted unless they appear again. */
  readonly orphans: ReadonlySet<ProposalKey>
  /** Proposals rebuilt from all of their logs, because no view returns their votes. */
  readonly rebuilt: ReadonlySet<ProposalKey>
}

/** Drops what was derived from blocks above `ancestor`. */
export function rewind(open: readonly Proposal[], ancestor: bigint, rules: RuleBook): Rewound {
  const known = new Map<ProposalKey, Proposal>()
  const again = new Set<ProposalKey>()
  const orphans = new Set<ProposalKey>()
  const rebuilt = new Set<ProposalKey>()
  let from = ancestor + 1n
  for (const proposal of open) {
    const key = keyOf(proposal)
    const { origin } = proposal
    const its = rules.get(proposal.contract.toLowerCase())
    // A governor that is no longer configured keeps its proposals.
    if (its === undefined) continue
    if (origin !== undefined && origin.block > ancestor) {
      orphans.add(key)
    } else if (origin !== undefined && its.votesFrom === 'logs') {
      rebuilt.add(key)
      if (origin.block < from) from = origin.block
    } else {
      known.set(key, withoutTimesAbove(proposal, ancestor))
      if (proposal.readAt > ancestor) again.add(key)
    }
  }
  return { ancestor, from, known, again, orphans, rebuilt }
}

/** Removes times of blocks above the ancestor, because those blocks now have other times. */
function withoutTimesAbove(proposal: Proposal, ancestor: bigint): Proposal {
  const { clock, foreignClock, votingStart = 0n, votingEnd = 0n } = proposal
  if (clock !== 'block' || foreignClock === true || (votingStart <= ancestor && votingEnd <= ancestor)) return proposal
  // A vote ends after it begins, so its end is above the ancestor in any case.
  const { votingStartsAt, votingEndsAt: _taken, ...rest } = proposal
  return { ...rest, ...(votingStartsAt !== undefined && votingStart <= ancestor && { votingStartsAt }) }
}
