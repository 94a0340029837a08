import { type BlockTime, emptyBlockTime } from '../blocks/blockTime.js'
import type { Announcement } from '../chainState.js'
import { excerptOf } from '../text/excerptOf.js'
import type { Head } from '../blocks/head.js'
import type { ProposalData, ProposalEvent, ReminderEvent } from './proposalData.js'
import { councilStanding } from '../proposals/attendance.js'
import { councilData, councilLines } from './councilText.js'
import { tallyData } from './tallyData.js'
import { planLine, tallyLine } from './phrases.js'
import { isActive, isUnderWay, keyOf, type Proposal } from '../proposals/proposal.js'
import { announcementOf } from './announcement.js'
import { shownPlanName } from '../plans/plan.js'
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

const words: Readonly<Record<Told, string>> = {
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

/** What happens to a proposal; what is said of a vote that goes on is told by `announceReminder`. */
type Told = Exclude<ProposalEvent, ReminderEvent>

/** Tells what happened to a proposal at one moment: what a voter asks first comes first, the id last. */
export function announceProposal(
  events: readonly Told[],
  proposal: Proposal,
  moment: ProposalMoment,
): readonly Announcement[] {
  const data = proposalData(proposal, moment)
  const about = { subject: keyOf(proposal), fact: proposalFact(proposal, moment.extra) }
  const council = data.council === null ? [] : councilLines(data.council)
  const common = {
    chain: proposal.chain,
    message: proposalLines(proposal, data, moment, council).join('\n'),
    timestamp: isoOf(moment.time),
    data,
  }
  return events.map((event) => announcementOf({ ...common, event, title: `${words[event]}: ${proposal.title}` }, about))
}

/**
 * What tells a fact of a proposal from others of the same event. A proposal that a reorg took and brought back in
 * another block is a new fact.
 */
export function proposalFact({ origin }: Proposal, extra: string | undefined): string | undefined {
  const fact = [origin?.hash.slice(0, 18), extra].filter((part) => part !== undefined).join('.')
  return fact === '' ? undefined : fact
}

/** The message about a proposal; `more` stands after when its vote ends. */
export function proposalLines(
  { chain, contract, id, type, status, proposer, tally, finding, skipped }: Proposal,
  data: ProposalData,
  moment: ProposalMoment,
  more: readonly string[],
): readonly string[] {
  const isVoted = isActive({ status })
  return [
    `${chain}: ${type} proposal${proposer === undefined ? '' : ` by ${proposer}`}, now ${status}.`,
    ...(skipped === undefined ? [] : [skipped]),
    ...(isVoted ? voteLines(data, { from: isoOf(moment.time), isLate: false }, utc) : []),
    ...more,
    ...(tally === undefined ? [] : [tallyLine(tally)]),
    ...(finding === undefined ? [] : [planLine(finding)]),
    ...(isVoted && data.excerpt !== '' ? [data.excerpt] : []),
    `Proposal ${id} of ${contract}.`,
  ]
}

/** The proposal as it stood, in JSON. */
export function proposalData(
  proposal: Proposal,
  { at, head, blockTime = emptyBlockTime }: ProposalMoment,
): ProposalData {
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
  const council = isActive(proposal) ? councilStanding(proposal) : undefined
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
    underWay: isUnderWay(proposal),
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
    plan: finding === undefined ? null : { name: shownPlanName(finding.plan), height: finding.plan.height },
    council: council === undefined ? null : councilData(council),
    metadata: proposal.metadata ?? {},
    excerpt: excerptOf(proposal),
  }
}
