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

/** What else is known at that time: the pace of the chain, and the upgrade of the proposal. */
export interface Surroundings extends Pick<ProposalMoment, 'head' | 'blockTime'> {
  readonly upgrade?: Upgrade | undefined
}

/**
 * Returns the announcements of a change. Milestones that were passed between two readings are announced in their order:
 * a proposal that went from voting to executed has also passed.
 */
export function announceChange(
  change: Change,
  { upgrade, head, blockTime }: Surroundings = {},
): readonly Announcement[] {
  // An item that nobody votes on is announced as an upgrade.
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
    // For a proposal from before the first sync, only its present status is announced.
    const stand = backfill ? [] : milestones('submitted', proposal.status)
    const quorum = !backfill && proposal.status === 'voting' && hasQuorum(proposal) ? ['quorum_reached' as const] : []
    return ['new_proposal', ...emergency, ...stand, ...quorum]
  }
  if (change.type === 'statusMoved') {
    const { proposal, from } = change
    const events = milestones(from, proposal.status)
    // If it was already announced when the proposal appeared, this is the same fact, and `stepAnnounce` drops it.
    const urgent =
      from === 'submitted' && isActive(proposal) && isUrgent(proposal) ? ['emergency_proposal' as const] : []
    return [...events, ...urgent]
  }
  if (change.type === 'tallyMoved') {
    // A quorum is not announced after the end of the vote, because the outcome includes it.
    const { proposal, from, fromStatus = proposal.status } = change
    const isInTime = isActive({ status: fromStatus }) && proposal.status !== 'submitted'
    return isInTime && from?.quorumReached !== true && hasQuorum(proposal) ? ['quorum_reached'] : []
  }
  return change.type === 'proposalRetracted' ? ['proposal_retracted'] : []
}

/** Returns true if a proposal of the first sync is being voted on, or its execution or plan is still to come. */
function hasFuture(proposal: Proposal, { at, time }: Change, upgrade: Upgrade | undefined): boolean {
  if (isActive(proposal)) return true
  const { executableAt, finding } = proposal
  const plan = finding?.plan
  // If there is an upgrade, its status is more exact than that of the proposal.
  const isAhead =
    upgrade === undefined
      ? plan !== undefined && dueProblems(plan).length === 0 && !isReached(plan, { number: at, timestamp: time })
      : upgrade.status !== 'past'
  return isOpen(proposal) && (isAhead || (executableAt !== undefined && executableAt > time))
}

function isUrgent({ type, expedited }: Proposal): boolean {
  return type === 'emergency' || expedited === true
}

/**
 * Returns true if the proposal is in its deposit phase. Anybody can submit one for a small part of the deposit that a
 * vote requires, and the vote has no date yet.
 */
function isUnpaid({ status, votingStart }: Proposal): boolean {
  return status === 'submitted' && votingStart === undefined
}

function hasQuorum({ tally }: Proposal): boolean {
  return tally?.quorumReached === true
}

/**
 * Returns the events between two statuses, the last one included. A step back (a reorg) yields only the event of the
 * new status.
 */
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
