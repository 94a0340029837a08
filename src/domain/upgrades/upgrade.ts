import type { Labels } from '../labels.js'
import type { Verdict } from '../readiness/check.js'
import type { JsonObject } from '../text/json.js'
import type { PlanOrigin, UnreadyNode } from '../plans/plan.js'
import type { ProposalKey } from '../proposals/proposal.js'
import type { PostCheckRecord } from './postCheck/postCheck.js'

/**
 * `pending`: its vote runs. `past`: it was over before the first reading. Both are recorded and not announced.
 * `refused`: with reasons; nothing is written for it.
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

/** A plan that passed, or is the operator's own, and what became of it. Times are Unix seconds of the chain. */
export interface Upgrade {
  /** That of its proposal; or `chain/plan/name` where it has none. */
  readonly key: ProposalKey
  readonly chain: string
  /** Empty where it has no proposal, and so is the id. */
  readonly contract: string
  readonly proposalId: string
  /** A plan of the operator's own, that no vote decided. @defaultValue a proposal asks for it */
  readonly kind?: 'coordinated'
  /**
   * A contract announces it, without a vote: its id is that of the announcement. @defaultValue a proposal asks for it
   */
  readonly announced?: true
  /** Who added the plan beside the configuration, as `user@host`. */
  readonly addedBy?: string
  readonly name: string
  readonly height?: number
  /** Unix seconds at which it is due, where its chain counts in times: then it has no height, and no file. */
  readonly time?: bigint
  readonly info?: string | JsonObject
  readonly origin: PlanOrigin
  /** Those of its proposal when its plan was taken on. */
  readonly labels?: Labels
  readonly status: UpgradeStatus
  readonly scheduledAt?: bigint
  /** Host clock, Unix milliseconds, when it was scheduled. */
  readonly noticedAt?: number
  /** When the head was first seen at the height and the file was in place. */
  readonly triggeredAt?: bigint
  /** When it reached its last status. */
  readonly completedAt?: bigint
  /** Why it was refused, failed or cancelled, or what to look at. One sentence each. */
  readonly reasons: readonly string[]
  /** Nodes that are not ready for it while it waits. The reason of each is one of `reasons`. */
  readonly unready?: readonly UnreadyNode[]
  /** Why it is held back while it waits, nothing is written meanwhile; one of `reasons`. */
  readonly heldBack?: string
  /** What the operator did to its plan while it is in progress, which is not taken up; one of `reasons`. */
  readonly unheeded?: string
  /** Upgrades that it was refused for. The reason of each is one of `reasons`. */
  readonly rivals?: readonly Rival[]
  /** When the file was written, or first found to hold this plan. */
  readonly writtenAt?: bigint
  /** The operator's command after a writing: `owed` from the writing until its result is known. */
  readonly hook?: 'owed' | 'done'
  /**
   * Identifies the file that was written last, so that another file with the same text is not taken for it: the
   * operator's command ran for this one.
   */
  readonly fileMark?: string
  /** 1, and one more each time its plan changed or it came back. */
  readonly revision: number
  /** Refused only because of what the file holds: written after all where that goes away within `lateLimit`. */
  readonly blocked?: true
  /** The chain's own upgrade module holds the plan: nodes switch at the height, also where the plan has problems. */
  readonly held?: true
  /** No file is written for it, though files are written here: `reasons` say why. It is followed all the same. */
  readonly unwritten?: true
  /** Refused only because too many others wait: judged anew when their number falls. */
  readonly crowded?: true
  /** Its proposal was lost after it was triggered: nothing completes it any more. */
  readonly withdrawn?: true
  /** When the last block before the height was first seen, where nodes stop there. */
  readonly haltReachedAt?: bigint
  /** Host clock, Unix milliseconds, since when nodes that stop before the height have not gone on. */
  readonly waitsSince?: number
  /** The sentence that says that these nodes have not gone on; it was announced, and is one of `reasons`. */
  readonly stuck?: string
  /** Reminders already given, by their configured text. */
  readonly reminded: readonly string[]
  /** What was true before the switch and what was seen since it was triggered: the evidence for completion. */
  readonly evidence?: CompletionEvidence
  /** What was looked at before its height. @defaultValue nothing so far */
  readonly preflight?: PreflightRecord
  /** What was looked at after its height. @defaultValue nothing so far */
  readonly postCheck?: PostCheckRecord
}

/** An upgrade that is in the way of another one. */
export interface Rival {
  readonly key: ProposalKey
  /** One sentence. */
  readonly reason: string
}

/** An upgrade with other reasons: what is known of the former ones goes with them. */
export function withReasons(upgrade: Upgrade, reasons: readonly string[]): Upgrade {
  const { unready: _unready, heldBack: _heldBack, unheeded: _unheeded, rivals: _rivals, ...rest } = upgrade
  return { ...rest, reasons }
}

/** The looks before a height: which are done, and what the last one came to. */
export interface PreflightRecord {
  /** Leads that are dealt with, by their configured text. */
  readonly leads: readonly string[]
  /** The lead, or `again`, for which it is to be looked: until the result is known. */
  readonly owed?: string
  readonly verdict?: Verdict
  /** Host clock, Unix milliseconds, of the last look. */
  readonly checkedAt?: number
  /** Why the last look was not well. One sentence each. */
  readonly problems?: readonly string[]
}

/** True of an upgrade that no vote decided: its plan is the operator's own. */
export function isOwn({ kind }: { readonly kind?: 'governance' | 'coordinated' }): boolean {
  return kind === 'coordinated'
}

/** The proposal that asks for an upgrade; undefined where no vote decided it. */
export function proposalOf(upgrade: Pick<Upgrade, 'kind' | 'announced' | 'proposalId'>): string | undefined {
  return isOwn(upgrade) || upgrade.announced === true ? undefined : upgrade.proposalId
}

/** True where only the file stands in the way of a plan that is due. */
export function isBlocked({ status, blocked }: Upgrade): boolean {
  return status === 'refused' && blocked === true
}

/** What is known of the node and its head before and after the trigger: it decides whether an upgrade is completed. */
export interface CompletionEvidence {
  /** Head when the upgrade was triggered; while it waits, when the old binary was last seen for sure. */
  readonly block: bigint
  /** The head seen since: the highest, unless later answers took it back. */
  readonly head: bigint
  /** Host clock, Unix milliseconds, of the trigger and of the last move of the head. */
  readonly since: number
  readonly movedAt: number
  /** The version that the old binary reported. */
  readonly nodeVersion?: string
  /**
   * The version that was told first while it waited, where that is another one: it may have been switched early. The
   * first alone, for two versions behind one address would make any other note another one with each poll.
   */
  readonly formerVersion?: string
  /** Of one that is under way: a block before its height at which `nodeVersion` was told in place of the former one. */
  readonly switchedBy?: bigint
  /** True where the node was out of reach at least once since `block`. */
  readonly outage: boolean
  /** The node came back with the version it ran before, and that was announced. */
  readonly restarted?: true
  /** Nobody acted on the file, and that was announced. */
  readonly unconsumed?: true
}

/**
 * All upgrades of all chains: those in the vote, the waiting ones in height order, then the others, newest first, the
 * past ones last.
 */
export interface UpgradeQueue {
  readonly upgrades: readonly Upgrade[]
}

/** The plan that govstream wrote last into upgrade-info.json, and the revision of its upgrade at that time. */
export type PlanOnFile = Pick<Upgrade, 'key' | 'name'> & { readonly height: number } & Partial<
    Pick<Upgrade, 'revision'>
  >
