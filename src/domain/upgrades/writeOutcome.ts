import type { Plan, PlanRef } from '../plans/plan.js'
import type { ProposalKey } from '../proposals/proposal.js'
import type { Preflight } from '../readiness/check.js'
import type { PostCheck } from './postCheck/postCheck.js'

/** What was done with the file of a cancelled plan, or of a completed upgrade. */
export type CleanupOutcome =
  | { readonly result: 'removed'; readonly key: ProposalKey; readonly path: string; readonly advice?: string }
  | { readonly result: 'absent'; readonly key: ProposalKey; readonly path: string }
  /** The upgrade is completed, and its file was moved to `to`. */
  | { readonly result: 'archived'; readonly key: ProposalKey; readonly path: string; readonly to: string }
  /** `kept`: the file is no longer ours. `stuck`: a disk error occurred; the next poll tries again. */
  | { readonly result: 'kept' | 'stuck'; readonly key: ProposalKey; readonly path: string; readonly reason: string }

export function isCleanup(outcome: WriteOutcome): outcome is CleanupOutcome {
  return ['removed', 'absent', 'archived', 'kept', 'stuck'].includes(outcome.result)
}

/** Returns true if nothing was done and the next poll asks for the same again. */
export function willBeRetried({ result }: WriteOutcome): boolean {
  return ['failed', 'held', 'stuck'].includes(result)
}

/** The result of the operator's command. */
export type HookRun = {
  readonly ok: boolean
  /** Completes the sentence "the command …". */
  readonly summary: string
  /** The beginning of the command's output. */
  readonly output: string
  /** How long it took, in milliseconds. */
  readonly ms: number
}

/** Reports that are made although no upgrade was due; they do not answer a {@link WriteRequest}. */
export type FileNews =
  /** The command after the writing has run. Without `run` it no longer had to run. */
  | { readonly result: 'hooked'; readonly key: ProposalKey; readonly run?: HookRun }
  /** The file holds a cancelled plan and stays. `reason`: whole sentences, with what to do. */
  | {
      readonly result: 'found'
      readonly key: ProposalKey
      readonly name: string
      readonly height: number
      readonly path: string
      readonly reason: string
    }
  /** The preflight checks of the upgrade were made. */
  | {
      readonly result: 'preflighted'
      readonly key: ProposalKey
      readonly plan: PlanRef
      readonly found: Pick<Preflight, 'verdict' | 'checks' | 'checkedAt'>
    }
  /** The checks after the height were made. `checkedAt` is host time, Unix milliseconds. */
  | {
      readonly result: 'postChecked'
      readonly key: ProposalKey
      readonly plan: PlanRef
      readonly found: { readonly checks: readonly PostCheck[]; readonly checkedAt: number }
    }

export function isFileNews(outcome: WriteOutcome): outcome is FileNews {
  return ['hooked', 'found', 'preflighted', 'postChecked'].includes(outcome.result)
}

/** The writer's answer about a due upgrade, or about the file of a cancelled or completed one. */
export type WriteOutcome =
  | CleanupOutcome
  | FileNews
  /**
   * `hook`: the operator's command follows and reports on its own. `mark` distinguishes the file from another one with
   * the same text. `remark`: what people should know about a file that already held the plan, in whole sentences.
   */
  | (WriteRequest & {
      readonly result: 'written' | 'unchanged' | 'skipped'
      readonly path?: string
      readonly mark?: string
      readonly remark?: string
      readonly hook?: true
      readonly vouchedBy?: VouchedBy
    })
  /** The file holds a plan of somebody else, or the profile cannot carry this one. Final. */
  | (WriteRequest & { readonly result: 'refused'; readonly reason: string })
  /** Another process may be about to write the file, or the upgrade was no longer due. The next poll asks again. */
  | (WriteRequest & { readonly result: 'held'; readonly reason: string })
  /**
   * The nodes did not vouch for the plan, or a disk error occurred; the next poll tries again. `isFileless`: no file
   * would have been written.
   */
  | (WriteRequest & {
      readonly result: 'failed'
      readonly reason: string
      readonly isFileless?: true
      readonly vouchedBy?: VouchedBy
    })

/** Hosts of the nodes that vouched, in the order of the configuration; absent if none was asked. */
export interface VouchedBy {
  /** Hosts that vouched for the plan, `info` included; asked if several nodes must agree. */
  readonly plan?: readonly string[]
  /** Hosts that vouched for the block that makes it due. */
  readonly block?: readonly string[]
}

/**
 * The upgrade and the plan that the writer was asked about. The upgrade may have another plan when the answer arrives.
 */
export interface WriteRequest {
  readonly key: ProposalKey
  /** @defaultValue the plan that the upgrade has now */
  readonly plan?: PlanRef & Pick<Plan, 'info'>
}
