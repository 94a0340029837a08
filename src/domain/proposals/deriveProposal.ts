import { defined } from '../defined.js'
import { type BlockTime, etaOf } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import { isActive, isOpen, type Proposal } from './proposal.js'

export interface DeriveContext {
  readonly at: Head
  readonly blockTime: BlockTime
  /**
   * Milliseconds of chain time after its end at which an open vote counts as expired. Absent if its end may still be in
   * the unread part, or if the contract itself reports the end.
   */
  readonly proposalTimeout?: number
}

/**
 * Fills in what follows from the block of the reading: the times of a timestamp clock, the moment at which a proposal
 * was first seen completed, and the end of a vote that nobody closes (`expired`, derived).
 *
 * Returns the same object if nothing follows.
 */
export function deriveProposal(proposal: Proposal, { at, blockTime, proposalTimeout }: DeriveContext): Proposal {
  const known = timed(proposal)
  return closed(proposalTimeout === undefined ? known : timedOut(known, at, blockTime, proposalTimeout), at, blockTime)
}

function timed(proposal: Proposal): Proposal {
  const { clock, votingStart, votingEnd, votingStartsAt, votingEndsAt } = proposal
  if (clock !== 'timestamp' || (votingStartsAt === votingStart && votingEndsAt === votingEnd)) return proposal
  return {
    ...proposal,
    ...defined({ votingStartsAt: votingStart, votingEndsAt: votingEnd }),
  }
}

function timedOut(proposal: Proposal, at: Head, blockTime: BlockTime, proposalTimeout: number): Proposal {
  if (!isActive(proposal) || isRunning(proposal, at)) return proposal
  // Nodes differ about its end. A proposal that counts as expired would not be read again.
  if (proposal.finding?.unsure !== undefined) return proposal
  const end = endOf(proposal, at, blockTime)
  if (end === undefined || end + BigInt(Math.ceil(proposalTimeout / 1000)) >= at.timestamp) return proposal
  return { ...proposal, status: 'expired', derived: true }
}

function closed(proposal: Proposal, at: Head, blockTime: BlockTime): Proposal {
  if (isOpen(proposal)) {
    if (proposal.closedAt === undefined) return proposal
    const { closedAt: _reopened, ...open } = proposal
    return open
  }
  if (proposal.closedAt !== undefined) return proposal
  // The end of the vote is used if it is earlier: a proposal may be read long after its vote ended.
  const end = endOf(proposal, at, blockTime) ?? at.timestamp
  return { ...proposal, closedAt: { block: at.number, timestamp: end < at.timestamp ? end : at.timestamp } }
}

/** Returns true while a vote that is counted in blocks is running. Its end then need not be estimated in seconds. */
function isRunning({ clock, foreignClock, votingEnd }: Proposal, at: Head): boolean {
  return clock === 'block' && foreignClock !== true && votingEnd !== undefined && at.number <= votingEnd
}

function endOf(
  { clock, foreignClock, votingEnd, votingEndsAt }: Proposal,
  at: Head,
  blockTime: BlockTime,
): bigint | undefined {
  if (votingEndsAt !== undefined || votingEnd === undefined || foreignClock === true) return votingEndsAt
  return clock === 'timestamp' ? votingEnd : etaOf(votingEnd, at, blockTime)
}
