import type { PlanOrigin } from '../../plans/plan.js'
import { isUnproposed } from '../../proposals/announced.js'
import type { JsonObject } from '../../text/json.js'
import type { PostVerdict } from '../../upgrades/postCheck/postCheck.js'
import type { UpgradeStatus } from '../../upgrades/upgrade.js'
import type { SwitchEvidence } from '../../upgrades/switchEvidence.js'
import type { PlanData } from './proposalData.js'

/**
 * Which kind of its event it is. Of a refusal: `refused` for good, `held_back` while the contract cannot be read,
 * `file_withheld` where nodes switch all the same, `file_in_the_way` while something else lies where its file belongs.
 * Of a failure: `stuck` before the height, `not_written`, `not_confirmed` where no file is to be written, `withdrawn`
 * after it was triggered, `no_proof` that the node goes on, `unwell` by what was seen after the height.
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

/** The upgrade as it stood then. */
export type UpgradeData = {
  readonly key: string
  /**
   * `coordinated`: no vote decided it, its plan is the operator's own. Then it has no contract and no proposal.
   * `governance` without a proposal: its contract announced it, or nodes have it in their configuration (`origin`:
   * `chain`).
   */
  readonly kind: 'governance' | 'coordinated'
  readonly contract: string
  readonly proposalId: string | null
  /**
   * Of one that is scheduled: the key of the upgrade of an own plan for the same, which goes on under it. An earlier
   * version does not write it.
   */
  readonly follows?: string | null
  /** Of an own plan: who added it; null where it stands in the configuration. */
  readonly addedBy: string | null
  readonly name: string
  /** Null where its chain counts in times; then `time` is there. */
  readonly height: number | null
  readonly time: string | null
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

/**
 * The plan that was changed. `key` and `proposalId`: those of the upgrade that had it; others than those of now where
 * another proposal has moved it.
 */
export type RescheduledData = UpgradeData & {
  readonly before: (PlanData & { readonly key: string; readonly proposalId: string | null }) | null
}

/** The reminder that is due, as configured. */
export type ImminentData = UpgradeData & { readonly reminder: string | null }

/** `more` plans were refused together with this one and are not told one by one. */
export type RefusedData = UpgradeData & { readonly more: number }

/** What the node still runs, what was seen, and what to do: the file was written and nobody acted on it. */
export type UnconsumedData = UpgradeData & {
  readonly version: string
  readonly reason: string
  readonly todo: string
}

/** What the node ran before and runs now, and what says so. */
export type SwitchData = UpgradeData & {
  readonly oldVersion: string | null
  readonly newVersion: string | null
  readonly evidence: SwitchEvidence
  /** What was seen after the height; none where nothing is looked at. */
  readonly checks: readonly {
    readonly id: string
    readonly verdict: PostVerdict
    readonly reason: string
    readonly todo: string | null
  }[]
}

/** Who asks for an upgrade, as the subject of a sentence. */
export function askerOf(data: Pick<UpgradeData, 'kind' | 'contract' | 'proposalId' | 'origin'>): string {
  if (data.kind === 'coordinated') return 'your own plan'
  if (isUnproposed(data)) return 'the chain'
  return isConfigured(data) ? 'the node' : isAnnounced(data) ? 'the contract' : 'the proposal'
}

/** True where a contract announced it, or nodes have it in their configuration, and no vote decided it. */
export function isAnnounced({ kind, proposalId }: Pick<UpgradeData, 'kind' | 'proposalId'>): boolean {
  return proposalId === null && kind === 'governance'
}

/** True where it comes from the configuration of nodes, which no contract told. */
export function isConfigured(data: Pick<UpgradeData, 'kind' | 'proposalId' | 'origin'>): boolean {
  return isAnnounced(data) && data.origin === 'chain'
}
