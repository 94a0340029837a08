import type { Plan } from '../plans/plan.js'
import type { Proposal, ProposalStatus, Tally, Vote } from './proposal.js'

/** A difference between two readings. `at` is the block of the later reading, `time` its time in Unix seconds. */
export type Change = { readonly chain: string; readonly at: bigint; readonly time: bigint } & ChangeKind

export type ChangeKind =
  /** `backfill` is true for proposals that the first sync found, which began or ended before it. */
  | { readonly type: 'proposalAppeared'; readonly proposal: Proposal; readonly backfill: boolean }
  | { readonly type: 'statusMoved'; readonly proposal: Proposal; readonly from: ProposalStatus }
  /**
   * `fromStatus` is the earlier status of the proposal: the reading that sees the end of a vote can also see new votes.
   */
  | {
      readonly type: 'tallyMoved'
      readonly proposal: Proposal
      readonly from?: Tally
      readonly fromStatus?: ProposalStatus
    }
  | { readonly type: 'scheduleMoved'; readonly proposal: Proposal; readonly from?: bigint }
  | { readonly type: 'planEdited'; readonly proposal: Proposal; readonly from?: Plan }
  /** Another detail became known, such as the time of submission or of execution. */
  | { readonly type: 'detailsRead'; readonly proposal: Proposal }
  | { readonly type: 'voteCast'; readonly vote: Vote }
  | { readonly type: 'proposalRetracted'; readonly proposal: Proposal }
