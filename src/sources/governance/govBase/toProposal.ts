import { amountText } from '../../../domain/notifications/phrases.js'
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

/** What is known besides the row itself. */
export interface RowFacts {
  readonly chain: string
  readonly id: bigint
  readonly contract: GovBaseContract
  /** Seconds from creation to expiry. */
  readonly expiry: bigint
  /** The members that vote on the proposal, by its version. */
  readonly seats?: readonly Address[] | undefined
  /** The result of `canExecuteProposal` for an approved proposal. */
  readonly attemptsLeft?: bigint | undefined
  readonly origin?: ProposalOrigin | undefined
  /** The reasons why accounts were skipped, if the execution was seen. */
  readonly skips?: readonly string[] | undefined
  /** The proposal as last read. */
  readonly before?: Proposal | undefined
  readonly at: Pick<Head, 'number' | 'timestamp'>
  readonly describe: DescribeProposal
}

const maxDescription = 20_000

/** Builds a proposal from its row, at the block it was read at. An unknown status is marked. */
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
    // The texts come from the proposer. They are not searched for a plan, because these contracts carry none.
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

/** What an execution skipped is known from the event only; the state does not contain it. */
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
        ? `${reasons.length} of ${accounts} accounts ${reasons.length === 1 ? 'was' : 'were'} passed over: ${why}.`
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

/** Which members have voted, and the limits: it is rejected once the others can no longer approve it. */
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
 * The status at `now` (chain time, Unix seconds); `undefined` for an unknown number.
 *
 * The contract records nothing when a proposal expires, approved ones included, so expiry is derived from the clock.
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
  /** Attempts left of an approved proposal, if the contract tells. */
  readonly left: bigint | undefined
  readonly most: bigint
}

/** Describes the state of the vote: approvals against the required number, who has and has not voted, attempts left. */
function voteSummary(
  row: Row,
  seats: readonly Address[] | undefined,
  status: ProposalStatus,
  { left, most }: Attempts,
): string {
  const { approved, rejected, requiredApprovals, votedBitmap } = row
  const counts = [`${approved} of ${requiredApprovals} required approvals`]
  if (rejected > 0n) counts.push(`${rejected} rejected`)
  if (seats !== undefined) counts.push(amountText(seats.length, 'member'))
  const lines = [`${counts.join(', ')}.`]
  if (seats !== undefined) {
    const voted = seats.filter((_, seat) => hasVoted(votedBitmap, seat))
    const missing = seats.filter((_, seat) => !hasVoted(votedBitmap, seat))
    // The contract records who voted but not how. Only if nobody rejected have all voters approved.
    if (voted.length > 0) lines.push(`${rejected === 0n ? 'Approved by' : 'Voted'}: ${voted.join(', ')}.`)
    if (missing.length > 0)
      lines.push(`${status === 'voting' ? 'Not voted yet' : 'Did not vote'}: ${missing.join(', ')}.`)
  }
  if (status === 'passed')
    lines.push(`Approved, but its action failed.${left === undefined ? '' : ` ${left} of ${most} attempts left.`}`)
  return lines.join('\n')
}
