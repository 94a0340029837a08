import type { HealthState } from '../health.js'
import type { JsonObject } from '../text/json.js'
import type { PlanOrigin } from '../plans/plan.js'
import type { Metadata } from '../proposals/metadata.js'
import type { OwnVote } from '../proposals/attendance.js'
import type { ProposalStatus, ProposalType } from '../proposals/proposal.js'
import type { SwitchEvidence, UpgradeStatus } from '../upgrades/upgrade.js'

// What the `data` of a notification holds, by event. Types, not interfaces: each is a JSON object as it stands. Heights
// and votes are decimal strings, times ISO 8601 UTC; what is not known is null. Keys may be added, none is renamed.

const reminderEvents = ['voting_ending_soon', 'not_voted', 'voted'] as const
/** What is told of a vote beside what happens to its proposal: its end comes near, or we voted. */
export type ReminderEvent = (typeof reminderEvents)[number]

const proposalEvents = [
  'new_proposal',
  'voting_started',
  'voting_ended',
  'quorum_reached',
  'proposal_passed',
  'proposal_rejected',
  'proposal_queued',
  'proposal_executed',
  'proposal_canceled',
  'proposal_expired',
  'proposal_failed',
  'proposal_retracted',
  'emergency_proposal',
  ...reminderEvents,
] as const
export type ProposalEvent = (typeof proposalEvents)[number]

/** True where the event is a reminder of a vote, so that its data is {@link ReminderData}. */
export function isReminderEvent(event: string): event is ReminderEvent {
  return reminderEvents.some((one) => one === event)
}

/** True where the event is about a proposal, so that its data holds {@link ProposalData}. */
export function isProposalEvent(event: string): event is ProposalEvent {
  return proposalEvents.some((one) => one === event)
}

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
  readonly threshold: number | null
  readonly thresholdMet: boolean | null
  readonly turnout: number | null
}

/** Name and height of a plan, as the proposal has them. */
export type PlanData = { readonly name: string; readonly height: number }

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

/** True where the event is about an upgrade, so that its data holds {@link UpgradeData}. */
export function isUpgradeEvent(event: string): event is UpgradeEvent {
  return upgradeEvents.some((one) => one === event)
}

const upgradeEvents = [
  'upgrade_scheduled',
  'upgrade_refused',
  'upgrade_rescheduled',
  'upgrade_imminent',
  'upgrade_triggered',
  'upgrade_halt_reached',
  'upgrade_restarted',
  'upgrade_completed',
  'upgrade_failed',
  'upgrade_cancelled',
] as const
export type UpgradeEvent = (typeof upgradeEvents)[number]

/**
 * Which kind of its event it is. Of a refusal: `refused` for good, `held_back` while the contract cannot be read,
 * `file_withheld` where nodes switch all the same. Of a failure: `stuck` before the height, `not_written`, `withdrawn`
 * after it was triggered, `no_proof` that the node goes on.
 */
export type UpgradeCause =
  'refused' | 'held_back' | 'file_withheld' | 'stuck' | 'not_written' | 'withdrawn' | 'no_proof'

/** The upgrade as it stood then. */
export type UpgradeData = {
  readonly key: string
  readonly contract: string
  readonly proposalId: string
  readonly name: string
  readonly height: number
  readonly status: UpgradeStatus
  readonly origin: PlanOrigin
  readonly info: string | JsonObject | null
  readonly reasons: readonly string[]
  /** Of a refused and a failed one; else null. */
  readonly why: UpgradeCause | null
  /** `withheld`: files are written here, and `reasons` say why none is for this one. `none`: so far, or at all. */
  readonly file: 'written' | 'withheld' | 'none'
  /** The chain itself holds the plan: its nodes switch at the height by themselves. */
  readonly isHeld: boolean
  /** The head then. */
  readonly block: string | null
  readonly blocksLeft: string | null
  readonly eta: string | null
  readonly scheduledAt: string | null
  readonly triggeredAt: string | null
}

/** The plan that was changed. */
export type RescheduledData = UpgradeData & { readonly before: PlanData | null }

/** The reminder that is due, as configured. */
export type ImminentData = UpgradeData & { readonly reminder: string | null }

/** `more` plans were refused together with this one and are not told one by one. */
export type RefusedData = UpgradeData & { readonly more: number }

/** What the node ran before and runs now, and what says so. */
export type SwitchData = UpgradeData & {
  readonly oldVersion: string | null
  readonly newVersion: string | null
  readonly evidence: SwitchEvidence
}

/** How well the chain can be read. */
export type HealthData = {
  readonly state: HealthState
  /** The last head that was read. */
  readonly block: string | null
  readonly since: string
  readonly lastGoodPoll: string | null
  readonly problem: string | null
}

/** How the command of `upgradeInfo.afterWrite` went. */
export type HookData = {
  readonly contract: string
  readonly proposalId: string
  readonly name: string
  readonly height: number
  /** Such as `ended with exit code 1`. */
  readonly summary: string
  /** The beginning of what it printed. */
  readonly output: string
  /** How long it ran, in milliseconds. */
  readonly ms: number
}

/** The plan whose file is left over, where it lies, and why it stays. */
export type LeftoverData = {
  readonly name: string
  readonly height: number
  readonly path: string
  readonly reason: string
}

/** Where the damaged state lies now, and what is wrong with it. */
export type RebuiltData = { readonly movedTo: string; readonly problem: string }

/** A channel that takes no notifications, or takes them again. */
export type ChannelData = {
  /** The name of its handler. */
  readonly channel: string
  /** When the first try failed. */
  readonly since: string
  /** When the first one succeeded again. */
  readonly until: string | null
  /** How many failed. */
  readonly tries: number
  /** Why the last one failed. */
  readonly reason: string
  /** What the answer to it was numbered, such as 503. */
  readonly status: number | null
  /** How many notifications waited for it then. */
  readonly waiting: number
}

/** A silence that is over, and how many notifications of the chain it held back, by event. */
export type SilenceData = {
  readonly silence: string
  readonly comment: string
  readonly by: string
  readonly held: number
  readonly events: Readonly<Record<string, number>>
}

/** The `data` of each event. */
export type NotificationDataByEvent = Readonly<
  Record<Exclude<ProposalEvent, ReminderEvent>, ProposalData> & Record<ReminderEvent, ReminderData>
> & {
  readonly upgrade_scheduled: UpgradeData
  readonly upgrade_refused: RefusedData
  readonly upgrade_rescheduled: RescheduledData
  readonly upgrade_imminent: ImminentData
  readonly upgrade_triggered: UpgradeData
  readonly upgrade_halt_reached: UpgradeData
  readonly upgrade_restarted: SwitchData
  readonly upgrade_completed: SwitchData
  readonly upgrade_failed: UpgradeData
  readonly upgrade_cancelled: UpgradeData
  readonly source_down: HealthData
  readonly source_recovered: HealthData
  readonly file_stale: LeftoverData
  readonly hook_failed: HookData
  readonly hook_ran: HookData
  readonly channel_down: ChannelData
  readonly channel_recovered: ChannelData
  readonly state_rebuilt: RebuiltData
  readonly silence_ended: SilenceData
}
