import type { Verdict } from '../readiness/check.js'
import type { HealthState } from '../health.js'
import type { ProposalData, ProposalEvent, ReminderData, ReminderEvent } from './proposalData.js'
import type { ImminentData, RefusedData, RescheduledData, SwitchData, UpgradeData } from './upgradeData.js'

// What the `data` of a notification holds, by event. Types, not interfaces: each is a JSON object as it stands. Heights
// and votes are decimal strings, times ISO 8601 UTC; what is not known is null. Keys may be added, none is renamed.

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
  /** Of the upgrade. */
  readonly key: string
  readonly contract: string
  readonly proposalId: string | null
  readonly name: string
  readonly height: number
  /** Such as `ended with exit code 1`. */
  readonly summary: string
  /** The beginning of what it printed. */
  readonly output: string
  /** How long it ran, in milliseconds. */
  readonly ms: number
}

/** How an upgrade stands before its height. */
export type PreflightData = {
  readonly key: string
  readonly contract: string
  readonly proposalId: string | null
  readonly name: string
  readonly height: number
  readonly verdict: Verdict
  /** How long before the height, as configured; null for a look in between. */
  readonly lead: string | null
  readonly checks: readonly {
    readonly id: string
    readonly verdict: Verdict
    readonly reason: string
    readonly todo: string | null
  }[]
  readonly checkedAt: string
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
  readonly preflight_failed: PreflightData
  readonly preflight_passed: PreflightData
  readonly file_stale: LeftoverData
  readonly hook_failed: HookData
  readonly hook_ran: HookData
  readonly channel_down: ChannelData
  readonly channel_recovered: ChannelData
  readonly state_rebuilt: RebuiltData
  readonly silence_ended: SilenceData
}
