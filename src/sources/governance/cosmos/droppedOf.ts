import type { Head } from '../../../domain/blocks/head.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'

/**
 * A proposal the chain has deleted. Who misses the deposit is deleted at its end, which makes it `expired`; before
 * that, and in voting, only its proposer can have taken it back: `canceled`. The chain keeps no word of either.
 */
export function droppedOf(proposal: Proposal, depositEnd: bigint | undefined, head: Head): Proposal {
  const { expedited: _expedited, ...rest } = proposal
  const isLate = proposal.status === 'submitted' && (depositEnd === undefined || depositEnd <= head.timestamp)
  return { ...rest, status: isLate ? 'expired' : 'canceled', derived: true, readAt: head.number }
}
