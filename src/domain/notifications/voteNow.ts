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
import { withFallback, strictData } from './strictData.js'
import { tallyOf } from './tallyData.js'

/** What is known about a chain when the state of a vote is determined. */
export type VoteScope = Pick<ChainState, 'proposals' | 'head' | 'clock' | 'blockTime'>

/** Returns the subjects of all open votes. */
function votesIn({ proposals }: Pick<ChainState, 'proposals'>): readonly string[] {
  return [...stillOpen(proposals)].flatMap(([key, { status }]) => (status === 'voting' ? [key] : []))
}

/** Returns the subjects of a chain whose messages may have to be edited: open votes, plans, and parts of plans. */
export function subjectsIn(state: Pick<ChainState, 'proposals' | 'upgrades'>): readonly string[] {
  const plans = [...state.upgrades.keys()].flatMap((key) => [key, ...partSubjects(key)])
  return [...new Set([...votesIn(state), ...plans])]
}

/**
 * Returns what can change during a vote, as people see it: the tally, who has voted, and the end. If two texts are
 * equal, their messages differ only in the time that is left.
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

// Other events end the vote or are about an upgrade, and show no tally.
type VoteMilestone = 'new_proposal' | 'voting_started' | 'quorum_reached' | 'emergency_proposal'

/** A notification about an open vote with its present content, under its own id. */
export type VoteNotification = NotificationOf<VoteMilestone | ReminderEvent>

/**
 * Returns a vote's notification with its present content. Returns `undefined` if the vote is not open or the
 * notification is about something else, or if it showed who has voted and that is not known at the moment.
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
  // Attendance counts as missing only if there are voters to ask about.
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

/**
 * Returns the content of the earlier reminder and the end of the vote at that time; `undefined` if another version
 * wrote less data.
 */
function reminderThen({ data, timestamp }: NotificationOf<ReminderEvent>) {
  return withFallback(
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
