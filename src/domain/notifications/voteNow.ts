import { withBelievedTime } from '../blocks/chainClock.js'
import type { ChainState } from '../chainState.js'
import { ownVotes } from '../proposals/attendance.js'
import type { Proposal } from '../proposals/proposal.js'
import { stillOpen } from '../proposals/stillOpen.js'
import { isoOf } from '../text/time.js'
import { type ProposalMoment, proposalData, proposalLines } from './announceProposal.js'
import { reminderLines, reminderTitle } from './announceReminder.js'
import { councilLines } from './councilText.js'
import { type Notification, type NotificationEvent, type NotificationOf, subjectOf } from './notification.js'
import { isReminderEvent, type ProposalEvent, type ReminderData, type ReminderEvent } from './proposalData.js'

/** What is known of a chain when it is looked how a vote stands. */
export type VoteScope = Pick<ChainState, 'proposals' | 'head' | 'clock' | 'blockTime'>

/** The subjects of all votes that go on. */
export function votesIn({ proposals }: Pick<ChainState, 'proposals'>): readonly string[] {
  return [...stillOpen(proposals)].flatMap(([key, { status }]) => (status === 'voting' ? [key] : []))
}

// What was told last may be something that ends the vote, or an upgrade: no tally stands there.
const going = [
  'new_proposal',
  'voting_started',
  'quorum_reached',
  'emergency_proposal',
  'voting_ending_soon',
  'not_voted',
  'voted',
] as const satisfies readonly ProposalEvent[]
type GoingEvent = (typeof going)[number]

/** What a notification of a vote that goes on would say now, under its own id. */
export type VoteNotification = NotificationOf<GoingEvent>

/**
 * What was told of a vote, as it would be told now. Undefined where the vote does not go on, or the notification tells
 * of something else; and where nobody knows at the moment who has voted, though that was told.
 */
export function voteNow(told: Notification, scope: VoteScope): VoteNotification | undefined {
  const proposal = scope.proposals.get(subjectOf(told))
  if (!isGoing(told) || scope.head === undefined || proposal?.status !== 'voting') return undefined
  const head = scope.clock === undefined ? scope.head : withBelievedTime(scope.head, scope.clock)
  const moment = { at: head.number, time: head.timestamp, head, blockTime: scope.blockTime }
  if (isReminder(told)) return proposal.attendance === undefined ? undefined : reminderNow(told, proposal, moment)
  const data = proposalData(proposal, moment)
  if (data.council === null && 'council' in told.data && told.data.council !== null) return undefined
  const council = data.council === null ? [] : councilLines(data.council)
  const message = proposalLines(proposal, data, moment, council).join('\n')
  return { ...told, timestamp: isoOf(moment.time), message, data }
}

function reminderNow(
  told: NotificationOf<ReminderEvent>,
  proposal: Proposal,
  moment: ProposalMoment,
): NotificationOf<ReminderEvent> {
  const { event } = told
  const { reminder, ownVotes: asked, secondsLeft: before } = told.data
  const timestamp = isoOf(moment.time)
  const now = proposalData(proposal, moment)
  const ends = now.votingEndsAt === null ? NaN : Date.parse(now.votingEndsAt)
  const passed = Math.round((Date.parse(timestamp) - Date.parse(told.timestamp)) / 1_000)
  const left = before === null ? undefined : BigInt(before) - BigInt(passed)
  const secondsLeft = Number.isNaN(ends) ? left : BigInt(Math.round((ends - Date.parse(timestamp)) / 1_000))
  const data: ReminderData = {
    ...now,
    reminder,
    secondsLeft: secondsLeft?.toString() ?? null,
    ownVotes: ownVotes(
      proposal.attendance,
      asked.map(({ address }) => address),
    ),
  }
  return {
    ...told,
    title: secondsLeft === undefined ? told.title : reminderTitle(event, proposal.title, secondsLeft),
    message: proposalLines(proposal, data, moment, reminderLines(event, data)).join('\n'),
    timestamp,
    data,
  }
}

const events: ReadonlySet<NotificationEvent> = new Set(going)

function isGoing(notification: Notification): notification is VoteNotification {
  return events.has(notification.event)
}

function isReminder(notification: VoteNotification): notification is NotificationOf<ReminderEvent> {
  return isReminderEvent(notification.event)
}
