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

/** The three parts that identify a proposal. */
export interface ProposalRef {
  readonly chain: string
  readonly contract: string
  readonly id: string
}

/** The key of a proposal in maps, in the store and in notification ids. */
export type ProposalKey = string

/** The key of a proposal: `chain/contract/id`. */
export function keyOf({ chain, contract, id }: ProposalRef): ProposalKey {
  return `${chain}/${contract}/${id}`
}

/** The counts of votes. A value that the chain does not report is absent, never guessed. */
export interface Tally {
  readonly yes: bigint
  readonly no: bigint
  readonly abstain: bigint
  readonly veto?: bigint
  /** The unit in which votes are counted, such as `votes`, `members` or the symbol of a token. Sanitised and capped. */
  readonly unit: string
  /** Number of decimals of the counts, if the unit is a token. The counts are in the smallest unit of that token. */
  readonly decimals?: number
  /** Votes needed for the result to count, in `unit`. */
  readonly quorum?: bigint
  /** Votes still missing for `quorum`, in `unit`; 0 once it is reached. */
  readonly quorumMissing?: bigint
  /** The choices that count towards `quorum`; absent if the chain does not report them. */
  readonly quorumCounts?: readonly TallyChoice[]
  /** Share of yes above which the proposal passes, 0..1, exclusive, as the chain defines it. */
  readonly threshold?: number
  /** Votes that could have been cast at the snapshot, in `unit`. */
  readonly electorate?: bigint
  /** Share of the electorate that voted, 0..1. */
  readonly turnout?: number
  readonly quorumReached?: boolean
  readonly thresholdMet?: boolean
}

/** One call that a proposal makes when it is executed. */
export interface Action {
  readonly target: string
  /** Native value sent with the call, in the smallest unit. */
  readonly value: bigint
  /** First four bytes of the calldata as hex, or `0x` if there is none. */
  readonly selector: string
  /** Readable signature of the function if it is known, such as `transfer(address,uint256)`. */
  readonly signature?: string
  /** The kind of effect that the call has, as far as the reader can tell. */
  readonly effect: 'none' | 'governance' | 'transfer' | 'call'
  /** Set if the call decodes as `scheduleUpgrade(string name, uint256 height, string info)`. */
  readonly schedules?: { readonly name: string; readonly height: bigint; readonly info: string }
}

/** The block in which a proposal was submitted, and its position there. It changes when a reorg moves the proposal. */
export interface ProposalOrigin {
  readonly block: bigint
  readonly hash: string
  /** Position of its log, or of the proposal itself, among those of the block. */
  readonly index: number
}

/** One governance item as read at one block. */
export interface Proposal extends ProposalRef {
  readonly system: string
  /**
   * True if nobody votes on the item: a contract announces the plan, or nodes have it in their configuration. It is
   * reported and listed as an upgrade, not as a proposal.
   * @defaultValue it is voted on
   */
  readonly announced?: true
  /** Sanitised and capped: safe to print on one line. */
  readonly title: string
  /** Sanitised and capped. */
  readonly description: string
  readonly type: ProposalType
  readonly status: ProposalStatus
  /** True if the status is only implied: no transaction has recorded it on the chain. */
  readonly derived: boolean
  /** True if the chain executes a proposal in the same step in which it passes; `passed` is then its final status. */
  readonly carriedOut?: boolean
  /**
   * The contract's answer in place of a status, if it is not a known one. `status` is then the last status that was
   * understood, and nothing is scheduled, written or cancelled because of it.
   */
  readonly notUnderstood?: string
  /** True if the contract itself reports when the vote is over. No time-out overrules its answer. */
  readonly closesItself?: true
  /** For an executed proposal: what its execution left undone, and why, in a sentence. Sanitised and capped. */
  readonly skipped?: string
  /** True if its text or calls were changed after it was submitted. */
  readonly edited?: true
  /** True while it is decided in a shortened vote with a higher threshold. */
  readonly expedited?: boolean
  readonly proposer?: string
  readonly actions: readonly Action[]
  /** Unit of `votingStart` and `votingEnd`: a block height or Unix seconds. */
  readonly clock: 'block' | 'timestamp'
  /**
   * True if `votingStart` and `votingEnd` are blocks of another chain, which cannot be compared with heads of this one.
   */
  readonly foreignClock?: true
  /** The snapshot point: voting is open after it. */
  readonly votingStart?: bigint
  /** The deadline: the last point at which a vote counts. */
  readonly votingEnd?: bigint
  /** Earliest execution of a queued proposal, Unix seconds. */
  readonly executableAt?: bigint
  /** Unix seconds of the block in which it was submitted, if known. */
  readonly submittedAt?: bigint
  /**
   * Unix seconds. With a block clock, this is the time of that block and known once it is past; before that, see
   * `withEstimates`.
   */
  readonly votingStartsAt?: bigint
  /** Unix seconds, like `votingStartsAt`. */
  readonly votingEndsAt?: bigint
  /** True if `votingStartsAt` is estimated from the pace of the chain. Never stored. */
  readonly votingStartsAtEstimated?: true
  /** True if `votingEndsAt` is estimated from the pace of the chain. Never stored. */
  readonly votingEndsAtEstimated?: true
  /** Labels given by the operator: those of the chain, of the matching rule, and of the plan bound to the proposal. */
  readonly labels?: Labels
  readonly metadata?: Metadata
  readonly tally?: Tally
  /**
   * Who has voted, while the vote is open: all members if a council decides, otherwise the operator's own accounts.
   * Absent if the chain did not answer.
   */
  readonly attendance?: Attendance
  /** The council's rule, if each of its members has the same weight. */
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

/** Returns true if voting is open or still to come. */
export function isActive({ status }: { readonly status: ProposalStatus }): boolean {
  return status === 'submitted' || status === 'voting'
}

/** Returns true if the vote is won, whether the proposal is carried out yet or not. */
export function hasPassed({ status }: { readonly status: ProposalStatus }): boolean {
  return status === 'passed' || status === 'queued' || status === 'executed'
}

/** Returns true if the proposal can still change: it is active, or it passed and was not carried out yet. */
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
 * Returns true if the proposal is open and something is left to be voted on or carried out. A passed text proposal
 * calls nothing and is not under way, although nobody marks it as executed. Announced upgrades are not voted on.
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
