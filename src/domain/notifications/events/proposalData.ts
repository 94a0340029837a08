import type { OwnVote } from '../../proposals/attendance.js'
import type { Metadata } from '../../proposals/metadata.js'
import type { ProposalStatus, ProposalType } from '../../proposals/proposal.js'
import type { UpgradeStatus } from '../../upgrades/upgrade.js'
import type { TallyChoice } from '../../proposals/quorumCounts.js'

/** A tally as far as the chain reports it, in `unit`. */
export type TallyData = {
  readonly yes: string
  readonly no: string
  readonly abstain: string
  readonly veto: string | null
  readonly unit: string
  /** Number of decimals of the counts, if the unit is a token. */
  readonly decimals: number | null
  readonly quorum: string | null
  /** Votes still missing for the quorum. */
  readonly quorumMissing: string | null
  readonly quorumReached: boolean | null
  /** The choices that count towards the quorum. Former versions of the data do not have it. */
  readonly quorumCounts: readonly TallyChoice[] | null
  readonly threshold: number | null
  readonly thresholdMet: boolean | null
  readonly turnout: number | null
}

/** Name of a plan, and its height or time, as in the proposal. */
export type PlanData = { readonly name: string } & DueData

/** When a plan is due: at a height, or at a time if its chain uses times. The other one is null. */
export type DueData = { readonly height: number | null; readonly time: string | null }

/** The proposal as it was at the block of the notification. */
export type ProposalData = {
  readonly contract: string
  readonly proposalId: string
  readonly system: string
  readonly title: string
  readonly type: ProposalType
  readonly status: ProposalStatus
  /** True if the status follows from the clock and no transaction recorded it on the chain. */
  readonly derived: boolean
  /**
   * False if nothing is left to be voted on or carried out. This includes a passed proposal that nobody has to execute.
   */
  readonly underWay: boolean
  /** For an executed proposal: what its execution left undone, and why. */
  readonly skipped: string | null
  /** Height of the block at which it was read. */
  readonly block: string
  readonly proposer: string | null
  /** The unit of `votingStart` and `votingEnd`: blocks, or Unix seconds. */
  readonly clock: 'block' | 'timestamp'
  readonly votingStart: string | null
  readonly votingEnd: string | null
  readonly votingStartsAt: string | null
  readonly votingEndsAt: string | null
  /** True if `votingEndsAt` is estimated from the block time, because the block is still to come. */
  readonly votingEndsAtEstimated: boolean
  readonly tally: TallyData | null
  readonly plan: PlanData | null
  /** Status of its upgrade; null if there is none. An earlier version does not write it. */
  readonly upgradeStatus?: UpgradeStatus | null
  /** Why the plan cannot be used. */
  readonly planProblems: readonly string[]
  /** The state of a council's vote, while it is open. */
  readonly council: CouncilData | null
  /** What the system reports about it beside its texts. */
  readonly metadata: Metadata
  /** The beginning of its text on one line, without its title and without code blocks. */
  readonly excerpt: string
}

/**
 * Returns true for a passed proposal with which nothing further happens: the chain executes proposals in the step in
 * which they pass, or this one has no calls. Former versions of the data do not tell.
 */
export function isDoneByPassing(data: ProposalData): boolean {
  return 'underWay' in data && !data.underWay && data.plan === null
}

const ended: readonly unknown[] = ['completed', 'cancelled', 'past'] satisfies readonly UpgradeStatus[]

/**
 * Returns true if nothing follows the execution. The execution may only schedule a switch at a height, so a proposal
 * with a plan stays open until its upgrade has ended.
 */
export function isDoneByExecution(data: ProposalData): boolean {
  if (!('plan' in data) || data.plan === null) return true
  return 'upgradeStatus' in data && ended.includes(data.upgradeStatus)
}

/** Which members of a council have voted, and how many further votes decide; null if all missing votes would not. */
export type CouncilData = {
  readonly voted: readonly string[]
  readonly missing: readonly string[]
  readonly approvalsToPass: number | null
  readonly rejectionsToEnd: number | null
}

/**
 * `reminder` is the reminder that is due, such as `24h`, or null after a cast vote. `ownVotes` are our voters' votes.
 */
export type ReminderData = ProposalData & {
  readonly reminder: string | null
  readonly secondsLeft: string | null
  readonly ownVotes: readonly { readonly address: string; readonly vote: OwnVote['vote'] }[]
}
