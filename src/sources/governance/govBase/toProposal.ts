import type { Address } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import type { ProposalOrigin, Proposal, ProposalStatus, Tally } from '../../../domain/proposals/proposal.js'
import { cleanLine, cleanText } from '../../../domain/text/text.js'
import { defined } from '../../../domain/defined.js'
import type { DescribeProposal } from '../evm/context.js'
import { statusNotUnderstood } from '../notUnderstood.js'
import type { GovBaseContract } from './context.js'
import type { Row } from './decode.js'
import { describeAction } from './descriptions.js'

/** What is known beside the row itself. */
export interface RowFacts {
  readonly chain: string
  readonly id: bigint
  readonly contract: GovBaseContract
  /** Seconds from the creation to the end. */
  readonly expiry: bigint
  /** The seats of the version the proposal is voted on by. */
  readonly seats?: readonly Address[] | undefined
  /** What `canExecuteProposal` says of an approved one. */
  readonly attemptsLeft?: bigint | undefined
  readonly origin?: ProposalOrigin | undefined
  /** Why accounts were passed over, where its execution was heard of. */
  readonly skips?: readonly string[] | undefined
  /** As it was read before. */
  readonly before?: Proposal | undefined
  readonly at: Pick<Head, 'number' | 'timestamp'>
  readonly describe: DescribeProposal
}

const maxDescription = 20_000

/**
 * One proposal from its row, as it stands at the block it was read at. A status that is none of the family's is marked.
 */
export function toProposal(row: Row, facts: RowFacts): Proposal {
  const { chain, id, contract, expiry, seats, attemptsLeft, origin, skips, before, at, describe } = facts
  const standing = statusOf(row, expiry, at.timestamp) ?? statusNotUnderstood(before, `status ${row.status}`)
  const { signature, title, details, kind, effect, accounts } = describeAction(row, contract.kind)
  const actions = [{ target: contract.address, value: 0n, selector: '0x', signature, effect }]
  const ends = row.createdAt + expiry
  const state = voteSummary(row, seats, standing.status, { left: attemptsLeft, most: contract.maxAttempts })
  return {
    chain,
    contract: contract.address,
    id: id.toString(),
    system: 'gov-base',
    // The texts of an action are the proposer's: no plan is looked for in them, for these contracts carry none.
    ...pick(describe({ title, description: '', actions, kind })),
    description: cleanText([`${title}.`, details, state].filter((part) => part !== '').join('\n\n'), maxDescription),
    ...standing,
    proposer: row.proposer,
    actions,
    clock: 'timestamp',
    votingStart: row.createdAt,
    votingEnd: ends,
    votingStartsAt: row.createdAt,
    votingEndsAt: ends,
    submittedAt: row.createdAt,
    tally: tallyOf(row, seats),
    ...(standing.status === 'voting' && seats !== undefined && councilOf(row, seats)),
    ...(standing.status === 'executed' && skippedBy(skips, accounts, before)),
    ...defined({ origin }),
    readAt: at.number,
  }
}

/** Nothing is written down of what an execution passed over: it is known from the event alone. */
function skippedBy(
  reasons: readonly string[] | undefined,
  accounts: number,
  before: Proposal | undefined,
): Pick<Proposal, 'skipped'> {
  if (reasons === undefined) return before?.skipped === undefined ? {} : { skipped: before.skipped }
  if (reasons.length === 0) return {}
  const why = cleanLine([...new Set(reasons)].slice(0, 3).join(', '), 200) || 'no reason is given'
  return {
    skipped:
      reasons.length < accounts
        ? `${reasons.length} of ${accounts} accounts were passed over: ${why}.`
        : `Nothing was done: ${why}.`,
  }
}

function pick({ title, type }: ReturnType<DescribeProposal>): Pick<Proposal, 'title' | 'type'> {
  return { title, type }
}

function tallyOf({ approved, rejected, requiredApprovals }: Row, seats: readonly Address[] | undefined): Tally {
  const isMet = approved >= requiredApprovals
  return {
    yes: approved,
    no: rejected,
    abstain: 0n,
    unit: 'members',
    quorum: requiredApprovals,
    quorumReached: isMet,
    quorumMissing: BigInt(Math.max(0, Number(requiredApprovals - approved))),
    quorumCounts: ['yes'],
    thresholdMet: isMet,
    ...(seats !== undefined && { electorate: BigInt(seats.length) }),
    ...(seats !== undefined &&
      seats.length > 0 && { turnout: Math.min(1, Number(approved + rejected) / seats.length) }),
  }
}

/** Who of the members has voted, and what decides: it is rejected where the others cannot approve it any more. */
function councilOf(
  { requiredApprovals, votedBitmap }: Row,
  seats: readonly Address[],
): Pick<Proposal, 'attendance' | 'council'> {
  return {
    attendance: {
      voted: seats.filter((_, seat) => hasVoted(votedBitmap, seat)),
      missing: seats.filter((_, seat) => !hasVoted(votedBitmap, seat)),
    },
    council: {
      weight: 1n,
      passesAt: requiredApprovals,
      failsAt: BigInt(Math.max(1, seats.length - Number(requiredApprovals) + 1)),
    },
  }
}

function hasVoted(votedBitmap: bigint, seat: number): boolean {
  return ((votedBitmap >> BigInt(seat)) & 1n) === 1n
}

export interface DerivedStatus {
  readonly status: ProposalStatus
  readonly derived: boolean
}

// None, Voting, Approved, Executed, Cancelled, Expired, Failed, Rejected.
const statuses: readonly (ProposalStatus | undefined)[] = [
  undefined,
  'voting',
  'passed',
  'executed',
  'canceled',
  'expired',
  'failed',
  'rejected',
]

/**
 * The status at `now` (chain, Unix seconds); `undefined` for a number the family does not define.
 *
 * Nothing is written when a proposal expires, approved ones included: that is known from the clock alone.
 */
export function statusOf(
  { status: number, createdAt }: Pick<Row, 'status' | 'createdAt'>,
  expiry: bigint,
  now: bigint,
): DerivedStatus | undefined {
  const status = statuses[number]
  if (status === undefined) return undefined
  const isOpen = status === 'voting' || status === 'passed'
  return isOpen && now > createdAt + expiry ? { status: 'expired', derived: true } : { status, derived: false }
}

interface Attempts {
  /** Of an approved proposal, where the contract tells. */
  readonly left: bigint | undefined
  readonly most: bigint
}

/** How the vote stands, for people: approvals against required, who has voted and who has not, attempts left. */
function voteSummary(
  row: Row,
  seats: readonly Address[] | undefined,
  status: ProposalStatus,
  { left, most }: Attempts,
): string {
  const { approved, rejected, requiredApprovals, votedBitmap } = row
  const counts = [`${approved} of ${requiredApprovals} required approvals`]
  if (rejected > 0n) counts.push(`${rejected} rejected`)
  if (seats !== undefined) counts.push(`${seats.length} members`)
  const lines = [`${counts.join(', ')}.`]
  if (seats !== undefined) {
    const voted = seats.filter((_, seat) => hasVoted(votedBitmap, seat))
    const missing = seats.filter((_, seat) => !hasVoted(votedBitmap, seat))
    // The contract keeps who voted and not how: only where nobody rejected, all who voted approved.
    if (voted.length > 0) lines.push(`${rejected === 0n ? 'Approved by' : 'Voted'}: ${voted.join(', ')}.`)
    if (missing.length > 0)
      lines.push(`${status === 'voting' ? 'Not voted yet' : 'Did not vote'}: ${missing.join(', ')}.`)
  }
  if (status === 'passed')
    lines.push(`Approved, but its action failed.${left === undefined ? '' : ` ${left} of ${most} attempts left.`}`)
  return lines.join('\n')
}
