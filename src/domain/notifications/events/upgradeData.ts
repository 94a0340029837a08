import type { PlanOrigin } from '../../plans/plan.js'
import { isUnproposed } from '../../proposals/announced.js'
import type { JsonObject } from '../../text/json.js'
import type { PostVerdict } from '../../upgrades/postCheck/postCheck.js'
import type { UpgradeStatus } from '../../upgrades/upgrade.js'
import type { SwitchEvidence } from '../../upgrades/switchEvidence.js'
import type { PlanData } from './proposalData.js'

/**
 * The variant of a refusal or a failure. Refusals: `refused` for good, `held_back` while the contract cannot be read,
 * `file_withheld` if nodes switch without a file, `file_in_the_way` while something else is in the place of the file.
 * Failures: `stuck` before the height, `not_written`, `not_confirmed` if no file was to be written, `withdrawn` after
 * it was triggered, `no_proof` that the node continues, `unwell` because of checks after the height.
 */
export type UpgradeCause =
  | 'refused'
  | 'held_back'
  | 'file_withheld'
  | 'file_in_the_way'
  | 'stuck'
  | 'not_written'
  | 'not_confirmed'
  | 'withdrawn'
  | 'no_proof'
  | 'unwell'

/** The upgrade as it was at that time. */
export type UpgradeData = {
  readonly key: string
  /**
   * `coordinated`: no vote decided it, its plan is the operator's own, and it has no contract and no proposal.
   * `governance` without a proposal: its contract announced it, or nodes have it in their configuration (`origin`:
   * `chain`).
   */
  readonly kind: 'governance' | 'coordinated'
  readonly contract: string
  readonly proposalId: string | null
  /**
   * For a scheduled one: the key of the upgrade of the operator's own plan that continues under it. An earlier version
   * does not write it.
   */
  readonly follows?: string | null
  /** For an own plan: who added it; null if it comes from the configuration. */
  readonly addedBy: string | null
  readonly name: string
  /** Null if its chain uses times; then `time` is set. */
  readonly height: number | null
  readonly time: string | null
  readonly status: UpgradeStatus
  readonly origin: PlanOrigin
  readonly info: string | JsonObject | null
  readonly reasons: readonly string[]
  /** The cause of a refusal or a failure, otherwise null. */
  readonly why: UpgradeCause | null
  /**
   * `withheld`: files are written for this chain, but not for this upgrade; `reasons` say why. `none`: no file so far,
   * or at all.
   */
  readonly file: 'written' | 'withheld' | 'none'
  /** True if the chain itself holds the plan, so that its nodes switch at the height by themselves. */
  readonly isHeld: boolean
  /** The head at that time. */
  readonly block: string | null
  readonly blocksLeft: string | null
  readonly eta: string | null
  readonly scheduledAt: string | null
  readonly triggeredAt: string | null
}

/**
 * The plan before the change. `key` and `proposalId` are those of the upgrade that had it; they differ from the present
 * ones if another proposal has moved the plan.
 */
export type RescheduledData = UpgradeData & {
  readonly before: (PlanData & { readonly key: string; readonly proposalId: string | null }) | null
}

/** The reminder that is due, as configured. */
export type ImminentData = UpgradeData & { readonly reminder: string | null }

/** `more` is the number of plans that were refused together with this one and are not announced separately. */
export type RefusedData = UpgradeData & { readonly more: number }

/** For a file that no process manager acted on: the version that still runs, what was observed, and what to do. */
export type UnconsumedData = UpgradeData & {
  readonly version: string
  readonly reason: string
  readonly todo: string
}

/** The former and the present version of the node, and the evidence for the switch. */
export type SwitchData = UpgradeData & {
  readonly oldVersion: string | null
  readonly newVersion: string | null
  readonly evidence: SwitchEvidence
  /** The checks after the height; empty if they are not enabled. */
  readonly checks: readonly {
    readonly id: string
    readonly verdict: PostVerdict
    readonly reason: string
    readonly todo: string | null
  }[]
}

/** Returns who asks for an upgrade, as the subject of a sentence. */
export function askerOf(data: Pick<UpgradeData, 'kind' | 'contract' | 'proposalId' | 'origin'>): string {
  if (data.kind === 'coordinated') return 'your own plan'
  if (isUnproposed(data)) return 'the chain'
  return isConfigured(data) ? 'the node' : isAnnounced(data) ? 'the contract' : 'the proposal'
}

/**
 * Returns true if no vote decided the upgrade, because a contract announced it or nodes have it in their configuration.
 */
export function isAnnounced({ kind, proposalId }: Pick<UpgradeData, 'kind' | 'proposalId'>): boolean {
  return proposalId === null && kind === 'governance'
}

/** Returns true if the upgrade comes from the configuration of nodes and no contract announced it. */
export function isConfigured(data: Pick<UpgradeData, 'kind' | 'proposalId' | 'origin'>): boolean {
  return isAnnounced(data) && data.origin === 'chain'
}
