import type { Telling } from './chainState.js'
import type { Change } from './change.js'
import type { Json } from './json.js'
import type { NotificationEvent } from './notification.js'
import { isActive, isOpen, keyOf, type Proposal, type ProposalStatus } from './proposal.js'
import { planLine, tallyLine } from './phrases.js'
import { telling } from './telling.js'
import { isoOf } from './time.js'

const arrivals: Readonly<Partial<Record<ProposalStatus, NotificationEvent>>> = {
  passed: 'proposal_passed',
  queued: 'proposal_queued',
  executed: 'proposal_executed',
  rejected: 'proposal_rejected',
  failed: 'proposal_failed',
  expired: 'proposal_expired',
  canceled: 'proposal_canceled',
}

/**
 * What a change has to say. Milestones that lie between two readings are told in their order: a proposal that
 * went from voting to executed has also passed.
 */
export function tellChange(change: Change): readonly Telling[] {
  if (change.type === 'proposalAppeared') {
    const { proposal, backfill } = change
    if (backfill && !isOpen(proposal)) return []
    const first = tell(change, proposal, 'new_proposal')
    const emergency = isUrgent(proposal) && !isUnpaid(proposal) ? [tell(change, proposal, 'emergency_proposal')] : []
    // What a proposal went through before we first looked is history; where it stands now is not.
    const stand = backfill ? [] : milestones('submitted', proposal.status).map((event) => tell(change, proposal, event))
    return [first, ...emergency, ...stand, ...quorum(change, proposal, backfill)]
  }
  if (change.type === 'statusMoved') {
    const { proposal, from } = change
    const events = milestones(from, proposal.status)
    // Told where the proposal appeared already, it is the same fact and is not told again.
    const urgent = from === 'submitted' && isActive(proposal) && isUrgent(proposal) ? ['emergency_proposal' as const] : []
    return [...events, ...urgent].map((event) => tell(change, proposal, event))
  }
  if (change.type === 'tallyMoved') {
    return change.from?.quorumReached === true ? [] : quorum(change, change.proposal, false)
  }
  if (change.type === 'proposalRetracted') return [tell(change, change.proposal, 'proposal_retracted', String(change.at))]
  return []
}

function isUrgent({ type, expedited }: Proposal): boolean {
  return type === 'emergency' || expedited === true
}

/** In deposit: anybody may put it up for a small part of what it takes to bring it to a vote, which has no date yet. */
function isUnpaid({ status, votingStart }: Proposal): boolean {
  return status === 'submitted' && votingStart === undefined
}

function quorum(change: Change, proposal: Proposal, backfill: boolean): readonly Telling[] {
  return proposal.tally?.quorumReached === true && !backfill && proposal.status !== 'submitted'
    ? [tell(change, proposal, 'quorum_reached')]
    : []
}

/** The events between two statuses, the last one included. Steps back (a reorg) are told by their arrival only. */
export function milestones(from: ProposalStatus, to: ProposalStatus): readonly NotificationEvent[] {
  if (to === 'submitted' || from === to) return []
  if (to === 'voting') return from === 'submitted' ? ['voting_started'] : []
  const events: NotificationEvent[] = []
  const voted = isActive({ status: from }) && to !== 'canceled'
  if (voted) events.push('voting_ended')
  if (voted && (to === 'queued' || to === 'executed')) events.push('proposal_passed')
  const arrival = arrivals[to]
  return arrival === undefined ? events : [...events, arrival]
}

const words: Readonly<Partial<Record<NotificationEvent, string>>> = {
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

function tell(change: Change, proposal: Proposal, event: NotificationEvent, extra?: string): Telling {
  const { chain, contract, id, title, type, status, proposer, tally, finding } = proposal
  // A proposal that a reorg took and brought back in another block is a new fact.
  const fact = [proposal.origin?.hash.slice(0, 18), extra].filter((part) => part !== undefined).join('.')
  const data: Record<string, Json> = { contract, proposalId: id, type, status, block: String(change.at) }
  if (proposer !== undefined) data['proposer'] = proposer
  if (finding !== undefined) data['plan'] = { name: finding.plan.name, height: finding.plan.height }
  if (tally !== undefined) data['tally'] = { yes: String(tally.yes), no: String(tally.no), abstain: String(tally.abstain) }
  const lines = [
    `${chain}: ${type} proposal ${id}${proposer === undefined ? '' : ` by ${proposer}`}, now ${status}.`,
    ...(tally === undefined || event === 'new_proposal' ? [] : [tallyLine(tally)]),
    ...(finding === undefined ? [] : [planLine(finding)]),
  ]
  return telling({
    chain,
    event,
    subject: keyOf(proposal),
    ...(fact !== '' && { fact }),
    title: `${words[event] ?? event}: ${title}`,
    message: lines.join('\n'),
    timestamp: isoOf(change.time),
    data,
  })
}
