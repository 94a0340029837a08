import { withBelievedTime } from '../blocks/chainClock.js'
import type { ChainState } from '../chainState.js'
import { ownVotes } from '../proposals/attendance.js'
import { keyOf, type Proposal } from '../proposals/proposal.js'
import { stillOpen } from '../proposals/stillOpen.js'
import { isoOf } from '../text/time.js'
import { proposalData, type ProposalMoment } from './announceProposal.js'
import { draftNotification } from './announcement.js'
import { councilLines } from './councilText.js'
import type { ProposalData, ReminderData } from './events/proposalData.js'
import { type ReminderEvent, voteEvents } from './events/voteEvents.js'
import { type Notification, type NotificationOf, subjectOf } from './notification.js'
import { tallyLine } from './phrases.js'
import { tallyOf } from './tallyData.js'

/** What is known of a chain when it is looked how a vote stands. */
export type VoteScope = Pick<ChainState, 'proposals' | 'head' | 'clock' | 'blockTime'>

/** The subjects of all votes that go on. */
export function votesIn({ proposals }: Pick<ChainState, 'proposals'>): readonly string[] {
  return [...stillOpen(proposals)].flatMap(([key, { status }]) => (status === 'voting' ? [key] : []))
}

/**
 * What moves while a vote goes on, as people read it: the tally, who has voted, and the point at which it ends. Two
 * that are equal are told in the same words, but for the time that is left.
 */
export function voteText(data: ProposalData | ReminderData): string {
  const { tally, council, votingEnd } = data
  return JSON.stringify([
    tally === null ? null : tallyLine(tallyOf(tally)),
    council === null ? [] : councilLines(council),
    'ownVotes' in data ? data.ownVotes : [],
    votingEnd,
  ])
}

// What was told last may be something that ends the vote, or an upgrade: no tally stands there.
type VoteMilestone = 'new_proposal' | 'voting_started' | 'quorum_reached' | 'emergency_proposal'

/** What a notification of a vote that goes on would say now, under its own id. */
export type VoteNotification = NotificationOf<VoteMilestone | ReminderEvent>

/**
 * What was told of a vote, as it would be told now. Undefined where the vote does not go on, or the notification tells
 * of something else; and where nobody knows at the moment who has voted, though that was told.
 */
export function voteNow(told: Notification, scope: VoteScope): VoteNotification | undefined {
  const proposal = scope.proposals.get(subjectOf(told))
  if (scope.head === undefined || proposal?.status !== 'voting') return undefined
  const head = scope.clock === undefined ? scope.head : withBelievedTime(scope.head, scope.clock)
  const moment = { at: head.number, time: head.timestamp, head, blockTime: scope.blockTime }
  if (isReminder(told)) return proposal.attendance === undefined ? undefined : reminderNow(told, proposal, moment)
  return isMilestone(told) ? milestoneNow(told, proposal, moment) : undefined
}

function milestoneNow(
  told: NotificationOf<VoteMilestone>,
  proposal: Proposal,
  moment: ProposalMoment,
): VoteNotification | undefined {
  const data = proposalData(proposal, moment)
  if (data.council === null && 'council' in told.data && told.data.council !== null) return undefined
  const timestamp = isoOf(moment.time)
  const draft = { chain: told.chain, subject: keyOf(proposal), timestamp, data }
  const { title, message } = draftNotification({ ...draft, event: told.event }).notification
  return { ...told, title, message, timestamp, data }
}

function reminderNow(
  told: NotificationOf<ReminderEvent>,
  proposal: Proposal,
  moment: ProposalMoment,
): VoteNotification {
  const { reminder, ownVotes: asked, secondsLeft: before } = told.data
  const timestamp = isoOf(moment.time)
  const now = proposalData(proposal, moment)
  const passed = Math.round((Date.parse(timestamp) - Date.parse(told.timestamp)) / 1_000)
  const ends = now.votingEndsAt === null ? NaN : Date.parse(now.votingEndsAt)
  const left = Number.isNaN(ends)
    ? BigInt(before ?? 0) - BigInt(passed)
    : BigInt(Math.round((ends - Date.parse(timestamp)) / 1_000))
  const voters = asked.map(({ address }) => address)
  const data: ReminderData = {
    ...now,
    reminder,
    secondsLeft: before === null ? null : left.toString(),
    ownVotes: ownVotes(proposal.attendance, voters),
  }
  const draft = { chain: told.chain, subject: keyOf(proposal), timestamp, data }
  const { title, message } = draftNotification({ ...draft, event: told.event }).notification
  return { ...told, title, message, timestamp, data }
}

const milestones: ReadonlySet<string> = new Set<VoteMilestone>([
  'new_proposal',
  'voting_started',
  'quorum_reached',
  'emergency_proposal',
])

function isMilestone(told: Notification): told is NotificationOf<VoteMilestone> {
  return milestones.has(told.event)
}

function isReminder(told: Notification): told is NotificationOf<ReminderEvent> {
  return Object.hasOwn(voteEvents, told.event)
}
