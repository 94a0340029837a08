import { withBelievedTime } from '../blocks/chainClock.js'
import type { ChainState } from '../chainState.js'
import { ownVotes } from '../proposals/attendance.js'
import { keyOf, type Proposal } from '../proposals/proposal.js'
import { stillOpen } from '../proposals/stillOpen.js'
import { isoOf, isoOfMs } from '../text/time.js'
import { proposalData, type ProposalMoment } from './announceProposal.js'
import { draftNotification } from './announcement.js'
import { councilLines } from './councilText.js'
import { partSubjects } from './events/planSubject.js'
import type { ProposalData, ReminderData } from './events/proposalData.js'
import { type ReminderEvent, voteEvents } from './events/voteEvents.js'
import { type Notification, type NotificationOf, subjectOf } from './notification.js'
import { tallyLine } from './phrases.js'
import { orElse, strictData } from './strictData.js'
import { tallyOf } from './tallyData.js'

/** What is known of a chain when it is looked how a vote stands. */
export type VoteScope = Pick<ChainState, 'proposals' | 'head' | 'clock' | 'blockTime'>

/** The subjects of all votes that go on. */
function votesIn({ proposals }: Pick<ChainState, 'proposals'>): readonly string[] {
  return [...stillOpen(proposals)].flatMap(([key, { status }]) => (status === 'voting' ? [key] : []))
}

/** The subjects of which a message may have to be edited: votes that go on, plans and their parts. */
export function subjectsIn(state: Pick<ChainState, 'proposals' | 'upgrades'>): readonly string[] {
  const plans = [...state.upgrades.keys()].flatMap((key) => [key, ...partSubjects(key)])
  return [...new Set([...votesIn(state), ...plans])]
}

/**
 * What moves while a vote goes on, as people read it: the tally, who has voted, and the point at which it ends. Two
 * that are equal are told in the same words, but for the time that is left.
 */
export function voteText(data: ProposalData | ReminderData): string {
  const { system, tally, council, votingEnd } = data
  return JSON.stringify([
    tally === null ? null : tallyLine(tallyOf(tally), system),
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
  if (isReminder(told)) return reminderNow(told, proposal, moment)
  return isMilestone(told) ? milestoneNow(told, proposal, moment) : undefined
}

function milestoneNow(
  told: NotificationOf<VoteMilestone>,
  proposal: Proposal,
  moment: ProposalMoment,
): VoteNotification | undefined {
  const data = proposalData(proposal, moment)
  if (isCouncilLost(told, data)) return undefined
  const timestamp = isoOf(moment.time)
  const draft = { chain: told.chain, subject: keyOf(proposal), timestamp, data }
  const { title, message } = draftNotification({ ...draft, event: told.event }).notification
  return { ...told, title, message, timestamp, data }
}

function isCouncilLost(told: Notification, now: ProposalData): boolean {
  return now.council === null && 'council' in told.data && told.data.council !== null
}

function reminderNow(
  told: NotificationOf<ReminderEvent>,
  proposal: Proposal,
  moment: ProposalMoment,
): VoteNotification | undefined {
  const timestamp = isoOf(moment.time)
  const now = proposalData(proposal, moment)
  const before = reminderThen(told)
  if (before === undefined || isCouncilLost(told, now)) return undefined
  // Where none is ours nobody is asked who has voted: that is no answer that is missing.
  if (before.asked.length > 0 && proposal.attendance === undefined) return undefined
  const data: ReminderData = {
    ...now,
    reminder: before.reminder,
    secondsLeft: before.ends === undefined ? null : secondsTo(now.votingEndsAt ?? before.ends, timestamp),
    ownVotes: ownVotes(proposal.attendance, before.asked),
  }
  const draft = { chain: told.chain, subject: keyOf(proposal), timestamp, data }
  const { title, message } = draftNotification({ ...draft, event: told.event }).notification
  return { ...told, title, message, timestamp, data }
}

/** What it told, and when the vote was to end by that; undefined where another version wrote less of it. */
function reminderThen({ data, timestamp }: NotificationOf<ReminderEvent>) {
  return orElse(
    () => {
      const { reminder, secondsLeft, ownVotes: asked } = strictData(data)
      const ends = secondsLeft === null ? undefined : isoOfMs(Date.parse(timestamp) + Number(secondsLeft) * 1_000)
      return { reminder, ends, asked: asked.map(({ address }) => address) }
    },
    () => undefined,
  )
}

function secondsTo(iso: string, timestamp: string): string {
  return Math.round((Date.parse(iso) - Date.parse(timestamp)) / 1_000).toString()
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
