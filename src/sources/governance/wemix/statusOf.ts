import type { Head } from '../../../domain/blocks/head.js'
import type { ProposalStatus } from '../../../domain/proposals/proposal.js'
import type { Ballot } from './decodeBallot.js'

export interface Standing {
  readonly status: ProposalStatus
  readonly derived: boolean
}

/**
 * Where a ballot stands at a block; `undefined` for a state no contract defines.
 *
 * - What is accepted has been carried out in the very transaction of the deciding vote: `executed`.
 * - Rejected with enough accepts: the vote passed, but the change could not be applied. That is `failed`.
 * - A vote that ran out of time says nothing and keeps its state: `expired`, derived.
 */
export function standingOf(
  { state, isFinalized, endTime, accepts }: Ballot,
  threshold: bigint,
  at: Pick<Head, 'timestamp'>,
): Standing | undefined {
  switch (state) {
    case 1n:
      return { status: 'submitted', derived: false }
    case 2n:
      return endTime < at.timestamp ? { status: 'expired', derived: true } : { status: 'voting', derived: false }
    // Both are written at once: whatever is not final is still to be decided.
    case 3n:
      return { status: isFinalized ? 'executed' : 'voting', derived: false }
    case 4n:
      return { status: accepts >= threshold ? 'failed' : 'rejected', derived: false }
    case 5n:
      return { status: 'canceled', derived: false }
    default:
      return undefined
  }
}
