import type { OwnVote } from '../../proposals/attendance.js'
import type { Metadata } from '../../proposals/metadata.js'
import type { ProposalStatus, ProposalType } from '../../proposals/proposal.js'
import type { UpgradeStatus } from '../../upgrades/upgrade.js'
import type { TallyChoice } from '../../proposals/quorumCounts.js'

/** A tally as far as the chain tells it, in `unit`. */
export type TallyData = {
  readonly yes: string
  readonly no: string
  readonly abstain: string
  readonly veto: string | null
  readonly unit: string
  /** Digits of every count that stand after the point, where the unit is that of a token. */
  readonly decimals: number | null
  readonly quorum: string | null
  /** Votes still missing for the quorum. */
  readonly quorumMissing: string | null
  readonly quorumReached: boolean | null
  /** Which choices count towards the quorum. Former versions of the data did not tell. */
  readonly quorumCounts: readonly TallyChoice[] | null
  readonly threshold: number | null
  readonly thresholdMet: boolean | null
  readonly turnout: number | null
}

/** Name of a plan, and its height or its time, as the proposal has them. */
export type PlanData = { readonly name: string } & DueData

/** When a plan is due: at a height, or at a time where its chain counts in times. The other one is null. */
export type DueData = { readonly height: number | null; readonly time: string | null }

/** The proposal as it stood at the block it is about. */
export type ProposalData = {
  readonly contract: string
  readonly proposalId: string
  readonly system: string
  readonly title: string
  readonly type: ProposalType
  readonly status: ProposalStatus
  /** Nobody wrote this status down on chain: it follows from the clock. */
  readonly derived: boolean
  /** False where nothing is left to be voted on or carried out, also of one that passed and that nobody executes. */
  readonly underWay: boolean
  /** Of an executed one: what its execution left undone, and why. */
  readonly skipped: string | null
  /** Height of the block it was read at. */
  readonly block: string
  readonly proposer: string | null
  /** What `votingStart` and `votingEnd` count: blocks, or Unix seconds. */
  readonly clock: 'block' | 'timestamp'
  readonly votingStart: string | null
  readonly votingEnd: string | null
  readonly votingStartsAt: string | null
  readonly votingEndsAt: string | null
  /** True where `votingEndsAt` is worked out from the block time, for the block is yet to come. */
  readonly votingEndsAtEstimated: boolean
  readonly tally: TallyData | null
  readonly plan: PlanData | null
  /** What has become of its upgrade; null where there is none. An earlier version does not write it. */
  readonly upgradeStatus?: UpgradeStatus | null
  /** Why the plan cannot be used. */
  readonly planProblems: readonly string[]
  /** How the vote of a council stands, while it votes. */
  readonly council: CouncilData | null
  /** What the system tells of it beside its texts. */
  readonly metadata: Metadata
  /** The beginning of its text in one line, without its title and without code blocks. */
  readonly excerpt: string
}

/**
 * True of one that passed where nobody says any more of it: the chain carries out what passes in the same step, or it
 * calls for nothing. Former versions of the data did not tell.
 */
export function isDoneByPassing(data: ProposalData): boolean {
  return 'underWay' in data && !data.underWay && data.plan === null
}

const ended: readonly unknown[] = ['completed', 'cancelled', 'past'] satisfies readonly UpgradeStatus[]

/**
 * True of one where nothing comes after its execution: what is carried out may be no more than the order to switch at a
 * height. Former versions of the data did not tell.
 */
export function isDoneByExecution(data: ProposalData): boolean {
  if (!('plan' in data) || data.plan === null) return true
  return 'upgradeStatus' in data && ended.includes(data.upgradeStatus)
}

/** Who of a council has voted, and how many votes decide it; null where those who are missing cannot do it. */
export type CouncilData = {
  readonly voted: readonly string[]
  readonly missing: readonly string[]
  readonly approvalsToPass: number | null
  readonly rejectionsToEnd: number | null
}

/** The reminder that is due, as `24h`; null of a vote that was cast. What is known of the votes that are ours. */
export type ReminderData = ProposalData & {
  readonly reminder: string | null
  readonly secondsLeft: string | null
  readonly ownVotes: readonly { readonly address: string; readonly vote: OwnVote['vote'] }[]
}
