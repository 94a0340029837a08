import type { Plan } from '../plans/plan.js'
import type { Proposal, ProposalStatus, Tally, Vote } from './proposal.js'

/** What differs between two readings. `at` is the block of the later one; `time` its Unix seconds. */
export type Change = { readonly chain: string; readonly at: bigint; readonly time: bigint } & ChangeKind

export type ChangeKind =
  /** `backfill` is true for what was already over, or under way, when the first sync came by. */
  | { readonly type: 'proposalAppeared'; readonly proposal: Proposal; readonly backfill: boolean }
  | { readonly type: 'statusMoved'; readonly proposal: Proposal; readonly from: ProposalStatus }
  /** `fromStatus` is what the proposal was before: votes are also counted in the reading that sees the end. */
  | {
      readonly type: 'tallyMoved'
      readonly proposal: Proposal
      readonly from?: Tally
      readonly fromStatus?: ProposalStatus
    }
  | { readonly type: 'scheduleMoved'; readonly proposal: Proposal; readonly from?: bigint }
  | { readonly type: 'planEdited'; readonly proposal: Proposal; readonly from?: Plan }
  /** Something else became known, such as the time of submission or of execution. */
  | { readonly type: 'detailsRead'; readonly proposal: Proposal }
  | { readonly type: 'voteCast'; readonly vote: Vote }
  | { readonly type: 'proposalRetracted'; readonly proposal: Proposal }
