import type { Labels } from '../labels.js'
import type { PlanFinding } from '../plans/plan.js'
import type { Attendance, CouncilRule } from './attendance.js'
import type { TallyChoice } from './quorumCounts.js'
import type { Metadata } from './metadata.js'

export const proposalStatuses = [
  'submitted',
  'voting',
  'passed',
  'queued',
  'executed',
  'rejected',
  'failed',
  'expired',
  'canceled',
] as const
export type ProposalStatus = (typeof proposalStatuses)[number]

export const proposalTypes = ['upgrade', 'parameter', 'text', 'community', 'emergency', 'membership', 'other'] as const
export type ProposalType = (typeof proposalTypes)[number]

/** What identifies a proposal everywhere. */
export interface ProposalRef {
  readonly chain: string
  readonly contract: string
  readonly id: string
}

/** The one key of a proposal in maps, in the store and in notification ids. */
export type ProposalKey = string

/** The key of a proposal: `chain/contract/id`. */
export function keyOf({ chain, contract, id }: ProposalRef): ProposalKey {
  return `${chain}/${contract}/${id}`
}

/** The count of votes. What the chain does not tell is absent, never guessed. */
export interface Tally {
  readonly yes: bigint
  readonly no: bigint
  readonly abstain: bigint
  readonly veto?: bigint
  /** What one vote counts in, such as `votes`, `members` or the symbol of a token. Sanitised and capped. */
  readonly unit: string
  /**
   * Digits of every count that stand after the point, where the unit is that of a token. The counts are in its smallest
   * part.
   */
  readonly decimals?: number
  /** Votes needed for the result to count, in `unit`. */
  readonly quorum?: bigint
  /** Votes still missing for `quorum`, in `unit`; 0 once it is reached. */
  readonly quorumMissing?: bigint
  /** The choices that count towards `quorum`; absent where the chain does not tell. */
  readonly quorumCounts?: readonly TallyChoice[]
  /** Share of yes that passes, 0..1, exclusive, as the chain defines it. */
  readonly threshold?: number
  /** Votes that could have been cast at the snapshot, in `unit`. */
  readonly electorate?: bigint
  /** Share of the electorate that voted, 0..1. */
  readonly turnout?: number
  readonly quorumReached?: boolean
  readonly thresholdMet?: boolean
}

/** One call a proposal makes when it is executed. */
export interface Action {
  readonly target: string
  /** Native value sent along, in the smallest unit. */
  readonly value: bigint
  /** First four bytes of the calldata as hex, or `0x` where there is none. */
  readonly selector: string
  /** Human name of the function where it is known, such as `transfer(address,uint256)`. */
  readonly signature?: string
  /** What kind of effect the call has, as far as the reader can tell. */
  readonly effect: 'none' | 'governance' | 'transfer' | 'call'
  /** Set where the call decodes as `scheduleUpgrade(string name, uint256 height, string info)`. */
  readonly schedules?: { readonly name: string; readonly height: bigint; readonly info: string }
}

/** The block a proposal was submitted in, and its place there. Changes when a reorg moves it. */
export interface ProposalOrigin {
  readonly block: bigint
  readonly hash: string
  /** Place of its log, or of the proposal itself, among those of the block. */
  readonly index: number
}

/** One governance item as read at one block. */
export interface Proposal extends ProposalRef {
  readonly system: string
  /**
   * True where nobody votes: a contract announces the plan, or nodes have it in their configuration. It is told and
   * listed as an upgrade, and as no proposal.
   * @defaultValue it is voted on
   */
  readonly announced?: true
  /** Sanitised and capped: safe to print on one line. */
  readonly title: string
  /** Sanitised and capped. */
  readonly description: string
  readonly type: ProposalType
  readonly status: ProposalStatus
  /** True where the chain only implies the status: nobody wrote it down on chain. */
  readonly derived: boolean
  /** True where the chain carries out what passes in the same step: `passed` is then the end of it. */
  readonly carriedOut?: boolean
  /**
   * What the contract answered where its status belongs, and nobody can read. The status is the last one that was
   * understood: nothing is scheduled, written or cancelled on it.
   */
  readonly notUnderstood?: string
  /** True where the contract itself says when it is over: no time-out overrules what it answers. */
  readonly closesItself?: true
  /** Of an executed one: what its execution left undone, all or some, and why, in a sentence. Sanitised and capped. */
  readonly skipped?: string
  /** True where its text or calls were changed after it was submitted. */
  readonly edited?: true
  /** True while it is decided in a shortened vote with a higher bar. */
  readonly expedited?: boolean
  readonly proposer?: string
  readonly actions: readonly Action[]
  /** Unit of `votingStart` and `votingEnd`: a block height or Unix seconds. */
  readonly clock: 'block' | 'timestamp'
  /**
   * True where the blocks of `votingStart` and `votingEnd` are those of another chain: no head of this one compares.
   */
  readonly foreignClock?: true
  /** The snapshot: voting is open after this point. */
  readonly votingStart?: bigint
  /** The deadline: the last point at which a vote counts. */
  readonly votingEnd?: bigint
  /** Earliest execution of a queued proposal, Unix seconds. */
  readonly executableAt?: bigint
  /** Unix seconds of the block it was submitted in, where known. */
  readonly submittedAt?: bigint
  /** Unix seconds. Of a block clock that of the block itself, known once it is past; before, see `withEstimates`. */
  readonly votingStartsAt?: bigint
  /** Unix seconds, as `votingStartsAt`. */
  readonly votingEndsAt?: bigint
  /** True where `votingStartsAt` is reckoned from the pace of the chain. Never kept. */
  readonly votingStartsAtEstimated?: true
  /** True where `votingEndsAt` is reckoned from the pace of the chain. Never kept. */
  readonly votingEndsAtEstimated?: true
  /** The operator's own: those of its chain, of the rule that classifies it, and of the plan bound to it. */
  readonly labels?: Labels
  readonly metadata?: Metadata
  readonly tally?: Tally
  /**
   * Who has voted, while it is voted on: of all members where a council decides, else of the accounts that are the
   * operator's own. Absent where it was not answered.
   */
  readonly attendance?: Attendance
  /** Where each member of a council counts the same. */
  readonly council?: CouncilRule
  readonly finding?: PlanFinding
  readonly origin?: ProposalOrigin
  /** Block at which this snapshot was read. */
  readonly readAt: bigint
  /** Block and Unix seconds at which it was first seen completed; absent while it is active or awaiting execution. */
  readonly closedAt?: { readonly block: bigint; readonly timestamp: bigint }
}

export const voteChoices = ['yes', 'no', 'abstain', 'veto', 'split'] as const

/** One vote, from the event that the contract emitted for it. */
export interface Vote extends ProposalRef {
  readonly voter: string
  readonly choice: (typeof voteChoices)[number]
  /** In the unit of the tally. */
  readonly weight: bigint
  /** Sanitised and capped. */
  readonly reason: string
  readonly block: bigint
  readonly index: number
}

/** True where it is still to be voted on. */
export function isActive({ status }: { readonly status: ProposalStatus }): boolean {
  return status === 'submitted' || status === 'voting'
}

/** True where the vote is won: what it asks for is to come, under way or done. */
export function hasPassed({ status }: { readonly status: ProposalStatus }): boolean {
  return status === 'passed' || status === 'queued' || status === 'executed'
}

/** True where it can still change, by itself or by a transaction: active, or passed and not yet carried out. */
export function isOpen({
  status,
  carriedOut,
}: {
  readonly status: ProposalStatus
  readonly carriedOut?: boolean
}): boolean {
  return (
    status === 'submitted' || status === 'voting' || (status === 'passed' && carriedOut !== true) || status === 'queued'
  )
}

/**
 * Open, and something is left to be voted on or carried out: a passed text calls nothing, though nobody marks it as
 * executed. What is announced is no matter of a vote.
 */
export function isUnderWay(
  proposal: Pick<Proposal, 'status' | 'carriedOut' | 'actions' | 'finding' | 'announced'>,
): boolean {
  const { status, actions, finding, announced } = proposal
  const isSaid =
    status === 'passed' &&
    finding === undefined &&
    actions.length > 0 &&
    actions.every(({ effect }) => effect === 'none')
  return isOpen(proposal) && !isSaid && announced !== true
}
