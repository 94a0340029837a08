import type { Labels } from '../labels.js'
import type { Verdict } from '../readiness/check.js'
import type { JsonObject } from '../text/json.js'
import type { PlanOrigin, UnreadyNode } from '../plans/plan.js'
import type { ProposalKey } from '../proposals/proposal.js'
import type { PostCheckRecord } from './postCheck/postCheck.js'

/**
 * `pending`: the proposal is being voted on, or awaits its execution. `past`: the upgrade was over before the first
 * reading. Both are recorded and not announced. `refused`: nothing is written for it; `reasons` say why.
 */
export const upgradeStatuses = [
  'pending',
  'scheduled',
  'in_progress',
  'completed',
  'failed',
  'cancelled',
  'refused',
  'past',
] as const
export type UpgradeStatus = (typeof upgradeStatuses)[number]

/** A plan that passed, or is the operator's own, and its progress. Times are chain time in Unix seconds. */
export interface Upgrade {
  /** The key of its proposal, or `chain/plan/name` if it has none. */
  readonly key: ProposalKey
  readonly chain: string
  /** The contract of its proposal. Empty, like the id, if it has none. */
  readonly contract: string
  readonly proposalId: string
  /** Set for a plan of the operator's own, which no vote decided. @defaultValue a proposal asks for it */
  readonly kind?: 'coordinated'
  /**
   * True if a contract announces it without a vote; the id is that of the announcement. @defaultValue a proposal asks
   * for it
   */
  readonly announced?: true
  /** Who added the plan, if it was not added by the configuration, as `user@host`. */
  readonly addedBy?: string
  readonly name: string
  readonly height?: number
  /** Unix seconds at which it is due, if its chain uses times. Such an upgrade has no height and no file. */
  readonly time?: bigint
  readonly info?: string | JsonObject
  readonly origin: PlanOrigin
  /** The labels of its proposal when the plan was accepted. */
  readonly labels?: Labels
  readonly status: UpgradeStatus
  /**
   * Set on a pending upgrade whose proposal has passed, with `scheduleOn: executed`. @defaultValue its vote is not over
   */
  readonly awaits?: 'execution'
  readonly scheduledAt?: bigint
  /** Host clock, Unix milliseconds, when it was scheduled. */
  readonly noticedAt?: number
  /** When the head was first seen at the height and the file was in place. */
  readonly triggeredAt?: bigint
  /** When it reached its last status. */
  readonly completedAt?: bigint
  /** Why it was refused, failed or cancelled, or what needs attention. One sentence each. */
  readonly reasons: readonly string[]
  /** Nodes that are not ready for it while it waits. The reason of each is one of `reasons`. */
  readonly unready?: readonly UnreadyNode[]
  /** Why a waiting upgrade is held back, so that nothing is written; one of `reasons`. */
  readonly heldBack?: string
  /**
   * How the operator changed its plan during the upgrade. The change has no effect; the sentence is one of `reasons`.
   */
  readonly unheeded?: string
  /** Upgrades that conflict with it and for which it was refused. The reason of each is one of `reasons`. */
  readonly rivals?: readonly Rival[]
  /** When the file was written, or first found to hold this plan. */
  readonly writtenAt?: bigint
  /** State of the operator's command after a writing: `owed` from the writing until its result is known. */
  readonly hook?: 'owed' | 'done'
  /**
   * Identifies the file that was written last, and for which the operator's command ran. Another file with the same
   * text has another mark.
   */
  readonly fileMark?: string
  /** Begins at 1 and is increased each time the plan changes or comes back. */
  readonly revision: number
  /** True if it is refused only because of what the file holds. It is still written if that ends within `lateLimit`. */
  readonly blocked?: true
  /**
   * True if the chain's own upgrade module holds the plan. Nodes then switch at the height even if the plan has
   * problems.
   */
  readonly held?: true
  /**
   * True if no file is written for it, although files are written for this chain; `reasons` say why. It is still
   * followed.
   */
  readonly unwritten?: true
  /** True if it is refused only because too many others wait. It is evaluated again when there is room. */
  readonly crowded?: true
  /** True if its proposal was removed after it was triggered. Nothing completes it any more. */
  readonly withdrawn?: true
  /** Time when the last block before the height was first seen, on chains whose nodes stop there. */
  readonly haltReachedAt?: bigint
  /** Host clock, Unix milliseconds, since when nodes that stop before the height have made no progress. */
  readonly waitsSince?: number
  /** The announced sentence that these nodes make no progress; one of `reasons`. */
  readonly stuck?: string
  /** Reminders already given, by their configured text. */
  readonly reminded: readonly string[]
  /** What was known before the switch and observed since the trigger; it decides about completion. */
  readonly evidence?: CompletionEvidence
  /** Other plans for which it was scheduled before, the latest first, at most sixteen. @defaultValue none */
  readonly formerPlans?: readonly FormerPlan[]
  /** The checks before its height. @defaultValue none so far */
  readonly preflight?: PreflightRecord
  /** The checks after its height. @defaultValue none so far */
  readonly postCheck?: PostCheckRecord
}

/** A plan for which an upgrade was scheduled before its proposal was reported with another plan. */
export interface FormerPlan {
  readonly name: string
  readonly height?: number
  /** Unix seconds, if its chain uses times. */
  readonly time?: bigint
  /** Chain time, Unix seconds, when it was scheduled. */
  readonly scheduledAt: bigint
  /** Host clock, Unix milliseconds, when it was scheduled. */
  readonly noticedAt?: number
}

/** An upgrade that conflicts with another one. */
export interface Rival {
  readonly key: ProposalKey
  /** One sentence. */
  readonly reason: string
}

/** Returns the upgrade with other reasons. Facts that belong to the former reasons are removed with them. */
export function withReasons(upgrade: Upgrade, reasons: readonly string[]): Upgrade {
  const { unready: _unready, heldBack: _heldBack, unheeded: _unheeded, rivals: _rivals, ...rest } = upgrade
  return { ...rest, reasons }
}

/** The checks before a height: which were made, and the result of the last one. */
export interface PreflightRecord {
  /** Leads that were handled, by their configured text. */
  readonly leads: readonly string[]
  /** The lead, or `again`, for which a check is requested; set until the result is known. */
  readonly owed?: string
  readonly verdict?: Verdict
  /** Host clock, Unix milliseconds, of the last check. */
  readonly checkedAt?: number
  /** Why the last check did not pass. One sentence each. */
  readonly problems?: readonly string[]
}

/** Returns true if no vote decided the upgrade, because its plan is the operator's own. */
export function isOwn({ kind }: { readonly kind?: 'governance' | 'coordinated' }): boolean {
  return kind === 'coordinated'
}

/** Returns the id of the proposal that asks for an upgrade; `undefined` if no vote decided it. */
export function proposalOf(upgrade: Pick<Upgrade, 'kind' | 'announced' | 'proposalId'>): string | undefined {
  return isOwn(upgrade) || upgrade.announced === true ? undefined : upgrade.proposalId
}

/**
 * Returns true if the height of a plan that the chain holds was reached, and it is not known what became of the plan.
 * Nodes that stop for the plan report the block of its height before they carry the plan out or skip it.
 */
export function isHeldUnderWay({ status, held, withdrawn }: Upgrade): boolean {
  return held === true && withdrawn !== true && (status === 'in_progress' || status === 'failed')
}

/** Returns true if only the content of the file prevents a plan from being written. */
export function isBlocked({ status, blocked }: Upgrade): boolean {
  return status === 'refused' && blocked === true
}

/**
 * What is known about the node and its head before and after the trigger. It decides whether an upgrade is completed.
 */
export interface CompletionEvidence {
  /**
   * Head at the trigger, unless later answers withdrew it. While the upgrade waits: the head at which the old binary
   * was last certainly seen.
   */
  readonly block: bigint
  /** The highest head seen since then, unless later answers withdrew it. */
  readonly head: bigint
  /** Host clock, Unix milliseconds, of the trigger and of the last move of the head. */
  readonly since: number
  readonly movedAt: number
  /** The version that the old binary reported. */
  readonly nodeVersion?: string
  /**
   * The first version that was reported while the upgrade waited, if it differs from `nodeVersion`: the node may have
   * been switched early. Only the first one is kept, because two versions behind one address would change it with each
   * poll.
   */
  readonly formerVersion?: string
  /**
   * For an upgrade in progress: a block before its height at which `nodeVersion` was reported in place of the former
   * version.
   */
  readonly switchedBy?: bigint
  /** True if the node was unreachable at least once since `block`. */
  readonly outage: boolean
  /** True if the node came back with its old version and that was announced. */
  readonly restarted?: true
  /** True if no process manager acted on the file and that was announced. */
  readonly unconsumed?: true
}

/**
 * All upgrades of all chains: the pending ones, the scheduled or in-progress ones in height order, then the finished
 * ones, newest first, and last the past ones.
 */
export interface UpgradeQueue {
  readonly upgrades: readonly Upgrade[]
}

/** The plan that govstream last wrote into upgrade-info.json, and the revision of its upgrade at that time. */
export type PlanOnFile = Pick<Upgrade, 'key' | 'name'> & { readonly height: number } & Partial<
    Pick<Upgrade, 'revision'>
  >
