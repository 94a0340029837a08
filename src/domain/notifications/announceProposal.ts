import { type BlockTime, emptyBlockTime } from '../blocks/blockTime.js'
import type { Announcement } from '../chainState.js'
import { excerptOf } from '../text/excerptOf.js'
import type { Head } from '../blocks/head.js'
import type { ProposalData } from './events/proposalData.js'
import type { ProposalMilestone } from './events/proposalEvents.js'
import { councilStanding } from '../proposals/attendance.js'
import { councilData } from './councilText.js'
import { tallyData } from './tallyData.js'
import { isActive, isUnderWay, keyOf, type Proposal } from '../proposals/proposal.js'
import { draftNotification } from './announcement.js'
import { dueJson } from '../plans/dueAt.js'
import { shownPlanName } from '../plans/plan.js'
import { isoOf } from '../text/time.js'
import type { Upgrade } from '../upgrades/upgrade.js'
import { estimatesOf } from '../proposals/withEstimates.js'

/** When a fact about a proposal occurred, and the block time from which the end of its vote is estimated. */
export interface ProposalMoment {
  /** Block of the reading, and its time in Unix seconds. */
  readonly at: bigint
  readonly time: bigint
  readonly head?: Head
  readonly blockTime?: BlockTime
  /** The upgrade that its plan has become. */
  readonly upgrade?: Upgrade
  /** Distinguishes this fact from others of the same event and proposal. */
  readonly extra?: string
}

/** Announces the events of a proposal at one moment: one notification per event. */
export function announceProposal(
  events: readonly ProposalMilestone[],
  proposal: Proposal,
  moment: ProposalMoment,
): readonly Announcement[] {
  const data = proposalData(proposal, moment)
  const common = {
    chain: proposal.chain,
    subject: keyOf(proposal),
    fact: proposalFact(proposal, moment.extra),
    timestamp: isoOf(moment.time),
    data,
  }
  return events.map((event) => draftNotification({ ...common, event }))
}

/**
 * Returns what distinguishes a fact about a proposal from others of the same event. A proposal that a reorg removed and
 * put into another block yields new facts.
 */
export function proposalFact({ origin }: Proposal, extra: string | undefined): string | undefined {
  const fact = [origin?.hash.slice(0, 18), extra].filter((part) => part !== undefined).join('.')
  return fact === '' ? undefined : fact
}

/** Returns the proposal as it was at that moment, as JSON. */
export function proposalData(
  proposal: Proposal,
  { at, head, blockTime = emptyBlockTime, upgrade }: ProposalMoment,
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
    plan: finding === undefined ? null : { name: shownPlanName(finding.plan), ...dueJson(finding.plan) },
    upgradeStatus: upgrade?.status ?? null,
    planProblems: finding?.problems ?? [],
    council: council === undefined ? null : councilData(council),
    metadata: proposal.metadata ?? {},
    excerpt: excerptOf({ title, description: withoutVotes(proposal) }),
  }
}

/** Returns the description without its last paragraph if that tells the votes of a council: the message has them. */
function withoutVotes({ system, council, description }: Proposal): string {
  const isTold = system === 'gov-base' && council !== undefined
  return isTold ? description.slice(0, Math.max(0, description.lastIndexOf('\n\n'))) : description
}
