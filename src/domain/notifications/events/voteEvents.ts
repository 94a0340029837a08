import { durationText } from '../../text/time.js'
import { exampleProposal } from '../examples/exampleProposal.js'
import { firstNames } from '../councilText.js'
import { exampleAccounts, type ExampleOptions } from '../examples/exampleChain.js'
import type { ReminderData } from './proposalData.js'
import { proposalEvent } from './proposalEvent.js'

/** The events about a vote beside the milestones of its proposal: its end is near, or our voters have voted. */
export const voteEvents = {
  voting_ending_soon: proposalEvent<ReminderData>({
    priority: 'high',
    when: 'one of `notifier.reminders` is due before the end of a vote',
    headline: (data) => closingSoon(data),
    headlineLate: closingSoon,
    happened: (what) => `the vote on this ${what} is about to close.`,
    isAboutEnd: true,
    advice: () => 'Vote now, if you have not yet.',
    ownVotes: ownVoteLines,
    example: (options) => exampleReminder(options, 'not_voted'),
  }),
  not_voted: proposalEvent<ReminderData>({
    priority: 'high',
    when: 'one of `notifier.reminders` is due, and at least one of `voters` has not voted',
    headline: (data) => notVoted(data),
    headlineLate: notVoted,
    happened: (what) => `not all of our voters have voted on this ${what}.`,
    advice: () => 'Vote now.',
    ownVotes: ownVoteLines,
    example: (options) => exampleReminder(options, 'not_voted'),
  }),
  voted: proposalEvent<ReminderData>({
    priority: 'low',
    when: 'all of `voters` have voted; sent only if one of them had not voted at an earlier poll',
    headline: 'Voted',
    happened: (what) => `all of our voters have voted on this ${what}.`,
    ownVotes: ownVoteLines,
    isVoted: true,
    example: (options) => exampleReminder(options, 'voted'),
  }),
}
export type ReminderEvent = keyof typeof voteEvents

function closingSoon(data: ReminderData, passed = 0): string {
  const left = secondsLeft(data, passed)
  return isTooLate(left) ? 'Voting should be closed by now' : `Voting closes in ${timeText(left)}`
}

function notVoted(data: ReminderData, passed = 0): string {
  const left = secondsLeft(data, passed)
  return isTooLate(left) ? 'Not voted, and voting should be closed by now' : `Not voted yet, ${timeText(left)} left`
}

/** Seconds until the vote ends; 0 or less if the message is too late. */
function secondsLeft(data: ReminderData, passed: number): bigint | undefined {
  return data.secondsLeft === null ? undefined : BigInt(data.secondsLeft) - BigInt(passed)
}

function isTooLate(left: bigint | undefined): boolean {
  return left !== undefined && left <= 0n
}

function timeText(left: bigint | undefined): string {
  return left === undefined ? '' : durationText(left)
}

/** Returns which of our voters have voted, which have not, and for which the chain does not say. */
function ownVoteLines({ ownVotes }: ReminderData): readonly string[] {
  const addressesWith = (wanted: (typeof ownVotes)[number]['vote']): readonly string[] =>
    ownVotes.filter(({ vote }) => vote === wanted).map(({ address }) => address)
  const line = (start: string, addresses: readonly string[]): readonly string[] =>
    addresses.length === 0 ? [] : [`${start}: ${firstNames(addresses)}.`]
  return [
    ...line('Our voters who have not voted', addressesWith('not_voted')),
    ...line('Our voters whose vote is unknown', addressesWith('unknown')),
    ...line('Our voters who have voted', addressesWith('voted')),
  ]
}

function exampleReminder(options: ExampleOptions, vote: 'voted' | 'not_voted'): ReminderData {
  return {
    ...exampleProposal(options),
    reminder: vote === 'voted' ? null : '6h',
    secondsLeft: vote === 'voted' ? null : '12000',
    ownVotes: [{ address: exampleAccounts(options).voter, vote }],
  }
}
