import { SourceError } from '../../../domain/errors.js'
import { isActive, type Proposal, type ProposalStatus } from '../../../domain/proposals/proposal.js'
import { maxLag } from './contradictedHead.js'

/** What an answer tells of a proposal. */
export interface Told {
  readonly id: string | bigint
  readonly status: ProposalStatus
}

/**
 * A vote ends once. An answer that names no height may come from another node behind the same address than the head
 * does, and be older than what was read before. Once the chain is further than a node lags, it is what was read before
 * that was wrong.
 *
 * @param passed blocks since proposals were read before
 * @throws SourceError where it is older.
 */
export function verifyOrder(known: readonly Proposal[], told: readonly Told[], passed: bigint, place: string): void {
  if (passed > maxLag) return
  const now = new Map(told.map(({ id, status }) => [id.toString(), status]))
  for (const { id, status, derived } of known) {
    const then = now.get(id)
    // What was worked out from silence is no word of the chain.
    if (then === undefined || derived || !isBefore(then, status)) continue
    throw new SourceError(
      'transient',
      `${place} tells proposal ${id} as ${then}, and it was read as ${status} before: the node that answers for it is behind.`,
    )
  }
}

/** Whether a proposal comes from the one status to the other, and never back. */
function isBefore(one: ProposalStatus, other: ProposalStatus): boolean {
  return one !== other && (one === 'submitted' || (one === 'voting' && !isActive({ status: other })))
}
