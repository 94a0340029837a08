import { defined } from '../defined.js'
import type { Announcement } from '../chainState.js'
import type { Change } from '../proposals/change.js'
import type { ProposalMilestone } from './events/proposalEvents.js'
import { isUnproposed } from '../proposals/announced.js'
import { isActive, isOpen, type Proposal, type ProposalStatus } from '../proposals/proposal.js'
import { type ProposalMoment, announceProposal } from './announceProposal.js'
import type { Upgrade } from '../upgrades/upgrade.js'
import { dueProblems } from '../plans/checkPlan.js'
import { isReached } from '../plans/dueAt.js'

const arrivals: Readonly<Partial<Record<ProposalStatus, ProposalMilestone>>> = {
  passed: 'proposal_passed',
  queued: 'proposal_queued',
  executed: 'proposal_executed',
  rejected: 'proposal_rejected',
  failed: 'proposal_failed',
  expired: 'proposal_expired',
  canceled: 'proposal_canceled',
}

/** What else is known at the time: the pace of the chain, and what became of the plan of the proposal. */
export interface Surroundings extends Pick<ProposalMoment, 'head' | 'blockTime'> {
  readonly upgrade?: Upgrade | undefined
}

/**
 * What a change has to say. Milestones that lie between two readings are told in their order: a proposal that
 * went from voting to executed has also passed.
 */
export function announceChange(
  change: Change,
  { upgrade, head, blockTime }: Surroundings = {},
): readonly Announcement[] {
  // What nobody votes on is told as an upgrade.
  if (change.type === 'voteCast' || change.proposal.announced === true || isUnproposed(change.proposal)) return []
  const events = eventsOf(change, upgrade)
  if (events.length === 0) return []
  const { type, at, time } = change
  return announceProposal(events, change.proposal, {
    at,
    time,
    ...defined({ head, blockTime, upgrade }),
    ...(type === 'proposalRetracted' && { extra: at.toString() }),
  })
}

function eventsOf(
  change: Exclude<Change, { readonly type: 'voteCast' }>,
  upgrade: Upgrade | undefined,
): readonly ProposalMilestone[] {
  if (change.type === 'proposalAppeared') {
    const { proposal, backfill } = change
    if (backfill && !hasFuture(proposal, change, upgrade)) return []
    const emergency = isUrgent(proposal) && !isUnpaid(proposal) ? ['emergency_proposal' as const] : []
    // Of a proposal from before the first look only its present status is told, not how it got there.
    const stand = backfill ? [] : milestones('submitted', proposal.status)
    const quorum = !backfill && proposal.status === 'voting' && hasQuorum(proposal) ? ['quorum_reached' as const] : []
    return ['new_proposal', ...emergency, ...stand, ...quorum]
  }
  if (change.type === 'statusMoved') {
    const { proposal, from } = change
    const events = milestones(from, proposal.status)
    // Where the alarm was raised when the proposal appeared, this is the same fact, and `stepAnnounce` leaves it out.
    const urgent =
      from === 'submitted' && isActive(proposal) && isUrgent(proposal) ? ['emergency_proposal' as const] : []
    return [...events, ...urgent]
  }
  if (change.type === 'tallyMoved') {
    // A quorum is not told after the end of the vote: the outcome tells it as well.
    const { proposal, from, fromStatus = proposal.status } = change
    const isInTime = isActive({ status: fromStatus }) && proposal.status !== 'submitted'
    return isInTime && from?.quorumReached !== true && hasQuorum(proposal) ? ['quorum_reached'] : []
  }
  return change.type === 'proposalRetracted' ? ['proposal_retracted'] : []
}

/** True where a proposal of the first sync can still be voted on, or its execution or plan is yet to come. */
function hasFuture(proposal: Proposal, { at, time }: Change, upgrade: Upgrade | undefined): boolean {
  if (isActive(proposal)) return true
  const { executableAt, finding } = proposal
  const plan = finding?.plan
  // Where there is an upgrade, its status tells it more exactly than that of the proposal.
  const isAhead =
    upgrade === undefined
      ? plan !== undefined && dueProblems(plan).length === 0 && !isReached(plan, { number: at, timestamp: time })
      : upgrade.status !== 'past'
  return isOpen(proposal) && (isAhead || (executableAt !== undefined && executableAt > time))
}

function isUrgent({ type, expedited }: Proposal): boolean {
  return type === 'emergency' || expedited === true
}

/** In deposit: anybody may put it up for a small part of what it takes to bring it to a vote, which has no date yet. */
function isUnpaid({ status, votingStart }: Proposal): boolean {
  return status === 'submitted' && votingStart === undefined
}

function hasQuorum({ tally }: Proposal): boolean {
  return tally?.quorumReached === true
}

/** The events between two statuses, the last one included. Steps back (a reorg) are told by their arrival only. */
export function milestones(from: ProposalStatus, to: ProposalStatus): readonly ProposalMilestone[] {
  if (to === 'submitted' || from === to) return []
  if (to === 'voting') return from === 'submitted' ? ['voting_started'] : []
  const events: ProposalMilestone[] = []
  const voted = isActive({ status: from }) && to !== 'canceled'
  if (voted) events.push('voting_ended')
  if (voted && (to === 'queued' || to === 'executed')) events.push('proposal_passed')
  const arrival = arrivals[to]
  return arrival === undefined ? events : [...events, arrival]
}
