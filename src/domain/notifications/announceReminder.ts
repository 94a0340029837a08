import type { Announcement } from '../chainState.js'
import { keyOf } from '../proposals/proposal.js'
import { durationText, isoOf } from '../text/time.js'
import { type ProposalMoment, proposalData, proposalFact, proposalLines } from './announceProposal.js'
import { announcementOf } from './announcement.js'
import { councilLines, fewOf } from './councilText.js'
import type { ReminderData, ReminderEvent } from './proposalData.js'
import { reminderText, type VoteReminder } from './voteReminder.js'

/** Tells that the end of a vote comes near, that one of ours has not voted, or that all of ours have. */
export function announceReminder(
  { event, proposal, reminder, secondsLeft, votes }: VoteReminder,
  moment: ProposalMoment,
): Announcement {
  const data: ReminderData = {
    ...proposalData(proposal, moment),
    reminder: event === 'voted' || reminder === undefined ? null : reminderText(reminder),
    secondsLeft: secondsLeft?.toString() ?? null,
    ownVotes: votes,
  }
  return announcementOf(
    {
      event,
      chain: proposal.chain,
      title: reminderTitle(event, proposal.title, secondsLeft),
      message: proposalLines(proposal, data, moment, reminderLines(event, data)).join('\n'),
      timestamp: isoOf(moment.time),
      data,
    },
    {
      subject: keyOf(proposal),
      fact: proposalFact(proposal, reminder === undefined ? undefined : reminderText(reminder)),
    },
  )
}

/** What a reminder says beside the proposal: how our own votes stand, and those of the council. */
export function reminderLines(event: ReminderEvent, { ownVotes, council }: ReminderData): readonly string[] {
  return [...ownVoteLines(ownVotes), ...(event === 'voted' || council === null ? [] : councilLines(council))]
}

/** One line. `secondsLeft` of the vote; none are left where it is told too late. */
export function reminderTitle(event: ReminderEvent, title: string, secondsLeft: bigint | undefined): string {
  return `${headline(event, secondsLeft)}: ${title}`
}

function headline(event: ReminderEvent, secondsLeft: bigint | undefined): string {
  const left = secondsLeft === undefined ? '' : durationText(secondsLeft)
  const isTooLate = secondsLeft !== undefined && secondsLeft <= 0n
  if (isTooLate && event !== 'voted')
    return `${event === 'not_voted' ? 'Not voted, and voting' : 'Voting'} should be closed by now`
  switch (event) {
    case 'voting_ending_soon':
      return `Voting closes in ${left}`
    case 'not_voted':
      return `Not voted yet, ${left} left`
    case 'voted':
      return 'Voted'
  }
}

/** What is known of our own votes: who has voted, who has not, and of whom the chain does not say. */
export function ownVoteLines(votes: ReminderData['ownVotes']): readonly string[] {
  const those = (wanted: (typeof votes)[number]['vote']): readonly string[] =>
    votes.filter(({ vote }) => vote === wanted).map(({ address }) => address)
  const line = (start: string, addresses: readonly string[]): readonly string[] =>
    addresses.length === 0 ? [] : [`${start}: ${fewOf(addresses)}.`]
  return [
    ...line('Of ours, not voted', those('not_voted')),
    ...line('Of ours, not known whether they voted', those('unknown')),
    ...line('Of ours, voted', those('voted')),
  ]
}
