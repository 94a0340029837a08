import { keyOf, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import type { RuleBook } from './context.js'

/** What is left of the knowledge after a reorg. */
export interface Rewound {
  /** Blocks above this one are others now. */
  readonly ancestor: bigint
  /** First block to read logs of. */
  readonly from: bigint
  readonly known: ReadonlyMap<ProposalKey, Proposal>
  /** To be asked about even where they seemed over. */
  readonly again: ReadonlySet<ProposalKey>
  /** Created above the ancestor: retracted unless they come again. */
  readonly orphans: ReadonlySet<ProposalKey>
  /** Built anew from all of their logs, because no view tells their votes. */
  readonly rebuilt: ReadonlySet<ProposalKey>
}

/** Forgets what was built on blocks above `ancestor`. */
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
    // A governor that is not read any more keeps what it had.
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

/** Blocks above the ancestor have come again at other times. */
function withoutTimesAbove(proposal: Proposal, ancestor: bigint): Proposal {
  const { clock, foreignClock, votingStart = 0n, votingEnd = 0n } = proposal
  if (clock !== 'block' || foreignClock === true || (votingStart <= ancestor && votingEnd <= ancestor)) return proposal
  // A vote ends after it has begun.
  const { votingStartsAt, votingEndsAt: _taken, ...rest } = proposal
  return { ...rest, ...(votingStartsAt !== undefined && votingStart <= ancestor && { votingStartsAt }) }
}
