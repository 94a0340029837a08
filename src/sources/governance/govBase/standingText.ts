import type { Address } from 'viem'
import type { ProposalStatus } from '../../../domain/proposals/proposal.js'
import type { Row } from './readRow.js'

export interface Tries {
  /** Of an approved proposal, where the contract tells. */
  readonly left: bigint | undefined
  readonly most: bigint
}

/** How the vote stands, for people: approvals against required, who has voted and who has not, attempts left. */
export function standingText(
  row: Row,
  seats: readonly Address[] | undefined,
  status: ProposalStatus,
  { left, most }: Tries,
): string {
  const { approved, rejected, requiredApprovals, votedBitmap } = row
  const counts = [`${approved} of ${requiredApprovals} required approvals`]
  if (rejected > 0n) counts.push(`${rejected} rejected`)
  if (seats !== undefined) counts.push(`${seats.length} members`)
  const lines = [`${counts.join(', ')}.`]
  if (seats !== undefined) {
    const hasVoted = (seat: number): boolean => ((votedBitmap >> BigInt(seat)) & 1n) === 1n
    const voted = seats.filter((_, seat) => hasVoted(seat))
    const missing = seats.filter((_, seat) => !hasVoted(seat))
    // The contract keeps who voted and not how: only where nobody rejected, all who voted approved.
    if (voted.length > 0) lines.push(`${rejected === 0n ? 'Approved by' : 'Voted'}: ${voted.join(', ')}.`)
    if (missing.length > 0)
      lines.push(`${status === 'voting' ? 'Not voted yet' : 'Did not vote'}: ${missing.join(', ')}.`)
  }
  if (status === 'passed')
    lines.push(`Approved, but its action failed.${left === undefined ? '' : ` ${left} of ${most} attempts left.`}`)
  return lines.join('\n')
}
