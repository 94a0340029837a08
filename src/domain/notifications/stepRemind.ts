import { type BlockTime, etaOf, secondsPerBlock } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import type { ChainState } from '../chainState.js'
import { defined } from '../defined.js'
import { mayVoteOn, ownVotes } from '../proposals/attendance.js'
import type { Proposal, ProposalKey } from '../proposals/proposal.js'
import { stillOpen } from '../proposals/stillOpen.js'
import { reminderText, type VoteReminder } from './voteReminder.js'
import { notificationId } from './announcement.js'
import { proposalFact } from './announceProposal.js'
import type { ReminderEvent } from './events/voteEvents.js'

/** Who is reminded of votes, and when. */
export interface RemindOptions {
  /** Milliseconds before the end of a vote. @defaultValue none: no vote is reminded of */
  readonly reminders?: readonly number[]
  /** Accounts that are ours. @defaultValue none */
  readonly voters?: readonly string[]
}

/** What is known when votes are looked at. */
export interface RemindScope {
  readonly before: Pick<ChainState, 'synced' | 'proposals'>
  readonly state: Pick<ChainState, 'proposals' | 'announcedIds' | 'blockTime'>
  /** The snapshots that this very reading brought: who was not read now may have voted since. */
  readonly read: ReadonlyMap<ProposalKey, Proposal>
  readonly head: Head
}

/**
 * The reminders of votes that are due, in the order of the proposals.
 *
 * - Each reminder of a proposal is given once, however often its end moves. Of several that are due the tightest is
 *   given, and the others with it. `voting_ending_soon` only where the vote is longer than the reminder: of a shorter
 *   one the end was told as it began.
 * - `not_voted` only where the chain says at this block that one of ours has not voted; `voted` once the chain says of
 *   all of ours that they have, and it did not say so before. Where a reorg takes votes back, `voted` also closes the
 *   `not_voted` that follows.
 */
export function stepRemind(
  scope: RemindScope,
  { reminders = [], voters = [] }: RemindOptions,
): readonly VoteReminder[] {
  const all: VoteReminder[] = []
  for (const [key, proposal] of stillOpen(scope.state.proposals))
    if (proposal.status === 'voting') all.push(...remindersOf(key, proposal, scope, { reminders, voters }))
  return all
}

function remindersOf(
  key: ProposalKey,
  proposal: Proposal,
  { before, state, read, head }: RemindScope,
  { reminders, voters }: Required<RemindOptions>,
): readonly VoteReminder[] {
  const secondsLeft = timeLeft(proposal, head, state.blockTime)
  const votes = ownVotes(
    read.get(key)?.attendance,
    voters.filter((voter) => mayVoteOn(voter, proposal)),
  )
  const given = state.announcedIds.get(key)
  const due =
    secondsLeft === undefined ? [] : reminders.filter((ms) => secondsLeft * 1_000n <= BigInt(ms)).sort((a, b) => a - b)
  // Of most votes there is nothing to say in most readings.
  if (due.length === 0 && votes.length === 0) return []
  const [tightest] = due
  const whole = voteSeconds(proposal, state.blockTime)
  // Of a vote that is shorter than that, its beginning has told the end.
  const ending = due.find((ms) => whole === undefined || whole * 1_000n > BigInt(ms))
  // Where it came from may have become known only after a reminder.
  const isGiven = (event: ReminderEvent, ms: number): boolean =>
    [proposalFact(proposal, reminderText(ms)), reminderText(ms)].some(
      (fact) => given?.has(notificationId(key, event, fact)) === true,
    )
  // A looser one comes due again where the end was moved: who heard the tighter one knows.
  const isDue = (event: ReminderEvent, reminder: number | undefined): boolean =>
    reminder !== undefined && !reminders.some((ms) => ms <= reminder && isGiven(event, ms))
  const all: VoteReminder[] = []
  const add = (event: ReminderEvent, reminder?: number): unknown =>
    all.push({ event, proposal, votes, ...defined({ reminder, secondsLeft }) })
  if (isDue('voting_ending_soon', ending)) add('voting_ending_soon', ending)
  if (votes.some(({ vote }) => vote === 'not_voted') && isDue('not_voted', tightest)) add('not_voted', tightest)
  if (votes.length > 0 && votes.every(({ vote }) => vote === 'voted')) {
    const asked = [...reminders].sort((a, b) => a - b).find((ms) => isGiven('not_voted', ms))
    if (asked !== undefined || wasMissing(before, key, voters)) add('voted', asked)
  }
  return all
}

/** True where the vote of one of ours was missing before; or the proposal is new, and was voted on at once. */
function wasMissing(
  { synced, proposals }: RemindScope['before'],
  key: ProposalKey,
  voters: readonly string[],
): boolean {
  const known = proposals.get(key)
  return known === undefined ? synced : ownVotes(known.attendance, voters).some(({ vote }) => vote === 'not_voted')
}

/** Seconds until the vote ends; absent where it is over, or where nobody can tell. */
function timeLeft(
  { clock, foreignClock, votingEnd, votingEndsAt }: Proposal,
  head: Head,
  blockTime: BlockTime,
): bigint | undefined {
  if (clock === 'block' && foreignClock !== true) {
    if (votingEnd === undefined || votingEnd <= head.number) return undefined
    const end = etaOf(votingEnd, head, blockTime)
    return end === undefined || end < head.timestamp ? undefined : end - head.timestamp
  }
  const end = clock === 'timestamp' ? votingEnd : votingEndsAt
  return end === undefined || end <= head.timestamp ? undefined : end - head.timestamp
}

/** How long the whole vote is, in seconds, as far as that can be told. */
function voteSeconds(
  { clock, foreignClock, votingStart, votingEnd, votingStartsAt, votingEndsAt }: Proposal,
  blockTime: BlockTime,
): bigint | undefined {
  const isTimed = clock === 'timestamp' || foreignClock === true
  const [start, end] = clock === 'block' && isTimed ? [votingStartsAt, votingEndsAt] : [votingStart, votingEnd]
  const pace = isTimed ? 1 : secondsPerBlock(blockTime)
  return start === undefined || end === undefined || pace === undefined
    ? undefined
    : BigInt(Math.round(Number(end - start) * pace))
}
