import type { PlanRef } from '../plans/plan.js'
import type { ProposalKey } from '../proposals/proposal.js'
import type { Preflight } from '../readiness/check.js'
import type { PostCheck } from './postCheck/postCheck.js'

/** What became of the file of a plan that was called off, or of an upgrade that is completed. */
export type CleanupOutcome =
  | { readonly result: 'removed'; readonly key: ProposalKey; readonly path: string; readonly advice?: string }
  | { readonly result: 'absent'; readonly key: ProposalKey; readonly path: string }
  /** Completed, and moved aside to `to`. */
  | { readonly result: 'archived'; readonly key: ProposalKey; readonly path: string; readonly to: string }
  /** `kept`: the file is not ours any more. `stuck`: the disk said no; tried again on the next poll. */
  | { readonly result: 'kept' | 'stuck'; readonly key: ProposalKey; readonly path: string; readonly reason: string }

export function isCleanup(outcome: WriteOutcome): outcome is CleanupOutcome {
  return ['removed', 'absent', 'archived', 'kept', 'stuck'].includes(outcome.result)
}

/** True where nothing was done, and the next poll asks for the same again. */
export function isInVain({ result }: WriteOutcome): boolean {
  return ['failed', 'held', 'stuck'].includes(result)
}

/** How the operator's command went. */
export type HookRun = {
  readonly ok: boolean
  /** Ends the sentence "the command …". */
  readonly summary: string
  /** The first of what it printed. */
  readonly output: string
  /** How long it took, in milliseconds. */
  readonly ms: number
}

/** What is reported although no upgrade was due: it does not answer a {@link WriteRequest}. */
export type FileNews =
  /** The command after the writing has run; without `run` it was no longer to run. */
  | { readonly result: 'hooked'; readonly key: ProposalKey; readonly run?: HookRun }
  /** The file holds a plan that was called off, and stays. `reason`: whole sentences, with what to do. */
  | {
      readonly result: 'found'
      readonly key: ProposalKey
      readonly name: string
      readonly height: number
      readonly path: string
      readonly reason: string
    }
  /** It was looked at what the upgrade needs. */
  | {
      readonly result: 'preflighted'
      readonly key: ProposalKey
      readonly plan: PlanRef
      readonly found: Pick<Preflight, 'verdict' | 'checks' | 'checkedAt'>
    }
  /** It was looked at what the upgrade came to. `checkedAt` is host time, Unix milliseconds. */
  | {
      readonly result: 'postChecked'
      readonly key: ProposalKey
      readonly plan: PlanRef
      readonly found: { readonly checks: readonly PostCheck[]; readonly checkedAt: number }
    }

export function isFileNews(outcome: WriteOutcome): outcome is FileNews {
  return ['hooked', 'found', 'preflighted', 'postChecked'].includes(outcome.result)
}

/** What the writer of upgrade-info.json did with a due upgrade, or with the file of one that was called off. */
export type WriteOutcome =
  | CleanupOutcome
  | FileNews
  /**
   * `hook`: the operator's command follows, and answers by itself. `mark` tells a file from another with its text.
   * `remark`: what people should know of a file that held the plan already, whole sentences.
   */
  | (WriteRequest & {
      readonly result: 'written' | 'unchanged' | 'skipped'
      readonly path?: string
      readonly mark?: string
      readonly remark?: string
      readonly hook?: true
      readonly vouchedBy?: VouchedBy
    })
  /** Somebody else's plan is in the file, or the profile cannot carry this one: final. */
  | (WriteRequest & { readonly result: 'refused'; readonly reason: string })
  /** Another process may be about to fill the file, or it was not asked for any more: the next poll looks again. */
  | (WriteRequest & { readonly result: 'held'; readonly reason: string })
  /**
   * The nodes did not vouch for it, or the disk said no: tried again on the next poll. `isFileless`: no file would have
   * been written.
   */
  | (WriteRequest & {
      readonly result: 'failed'
      readonly reason: string
      readonly isFileless?: true
      readonly vouchedBy?: VouchedBy
    })

/** Hosts of the nodes that vouched, in the order of the configuration; absent where none was asked. */
export interface VouchedBy {
  /** For the plan, `info` included: asked where several must agree. */
  readonly plan?: readonly string[]
  /** For the block that makes it due. */
  readonly block?: readonly string[]
}

/** The upgrade, and the plan, that the writer was asked for: by the time of the answer the upgrade may have another. */
export interface WriteRequest {
  readonly key: ProposalKey
  /** @defaultValue the plan that the upgrade has now */
  readonly plan?: PlanRef
}
