import { type BlockTime, emptyBlockTime } from '../blocks/blockTime.js'
import type { Announcement } from '../chainState.js'
import { excerptOf } from '../text/excerptOf.js'
import type { Head } from '../blocks/head.js'
import type { ProposalData, ProposalEvent } from './notificationData.js'
import { tallyData } from './tallyData.js'
import { planLine, tallyLine } from './phrases.js'
import { isActive, keyOf, type Proposal } from '../proposals/proposal.js'
import { announcementOf } from './announcement.js'
import { cleanLine } from '../text/text.js'
import { utc } from '../text/localTime.js'
import { isoOf } from '../text/time.js'
import { estimatesOf } from '../proposals/withEstimates.js'
import { voteLines } from './voteLines.js'

/** When something about a proposal happened, and what tells how far off the end of its vote is. */
export interface ProposalMoment {
  /** Block of the reading, and its Unix seconds. */
  readonly at: bigint
  readonly time: bigint
  readonly head?: Head
  readonly blockTime?: BlockTime
  /** What tells this fact from others of the same event and proposal. */
  readonly extra?: string
}

const words: Readonly<Record<ProposalEvent, string>> = {
  new_proposal: 'New proposal',
  voting_started: 'Voting started',
  voting_ended: 'Voting ended',
  quorum_reached: 'Quorum reached',
  proposal_passed: 'Passed',
  proposal_rejected: 'Rejected',
  proposal_queued: 'Queued',
  proposal_executed: 'Executed',
  proposal_canceled: 'Canceled',
  proposal_expired: 'Expired',
  proposal_failed: 'Failed',
  proposal_retracted: 'Removed by a reorg',
  emergency_proposal: 'Emergency proposal',
}

/** Tells what happened to a proposal at one moment: what a voter asks first comes first, the id last. */
export function announceProposal(
  events: readonly ProposalEvent[],
  proposal: Proposal,
  moment: ProposalMoment,
): readonly Announcement[] {
  const { chain, contract, id, title, type, status, proposer, tally, finding } = proposal
  // A proposal that a reorg took and brought back in another block is a new fact.
  const fact = [proposal.origin?.hash.slice(0, 18), moment.extra].filter((part) => part !== undefined).join('.')
  const data = proposalData(proposal, moment)
  const lines = [
    `${chain}: ${type} proposal${proposer === undefined ? '' : ` by ${proposer}`}, now ${status}.`,
    ...(proposal.skipped === undefined ? [] : [proposal.skipped]),
    ...(isActive(proposal) ? voteLines(data, isoOf(moment.time), utc) : []),
    ...(tally === undefined ? [] : [tallyLine(tally)]),
    ...(finding === undefined ? [] : [planLine(finding)]),
    ...(isActive(proposal) && data.excerpt !== '' ? [data.excerpt] : []),
    `Proposal ${id} of ${contract}.`,
  ]
  const about = { subject: keyOf(proposal), fact: fact === '' ? undefined : fact }
  const common = {
    chain,
    message: lines.join('\n'),
    timestamp: isoOf(moment.time),
    data,
  }
  return events.map((event) => announcementOf({ ...common, event, title: `${words[event]}: ${title}` }, about))
}

function proposalData(proposal: Proposal, { at, head, blockTime = emptyBlockTime }: ProposalMoment): ProposalData {
  const {
    contract,
    id,
    system,
    title,
    type,
    status,
    derived,
    proposer,
    clock,
    votingStart,
    votingEnd,
    tally,
    finding,
  } = proposal
  const estimates = head === undefined ? undefined : estimatesOf(proposal, { head, blockTime })
  const votingStartsAt = estimates?.votingStartsAt ?? proposal.votingStartsAt
  const votingEndsAt = estimates?.votingEndsAt ?? proposal.votingEndsAt
  return {
    contract,
    proposalId: id,
    system,
    title,
    type,
    status,
    derived,
    skipped: proposal.skipped ?? null,
    block: at.toString(),
    proposer: proposer ?? null,
    clock,
    votingStart: votingStart?.toString() ?? null,
    votingEnd: votingEnd?.toString() ?? null,
    votingStartsAt: votingStartsAt === undefined ? null : isoOf(votingStartsAt),
    votingEndsAt: votingEndsAt === undefined ? null : isoOf(votingEndsAt),
    votingEndsAtEstimated: estimates?.votingEndsAtEstimated ?? proposal.votingEndsAtEstimated ?? false,
    tally: tally === undefined ? null : tallyData(tally),
    plan: finding === undefined ? null : { name: cleanLine(finding.plan.name, 128), height: finding.plan.height },
    metadata: proposal.metadata ?? {},
    excerpt: excerptOf(proposal),
  }
}
