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

/** Which voters are reminded of votes, and when. */
export interface RemindOptions {
  /** Milliseconds before the end of a vote at which reminders are due. @defaultValue none */
  readonly reminders?: readonly number[]
  /** The operator's own voters. @defaultValue none */
  readonly voters?: readonly string[]
}

/** What is known when votes are checked. */
export interface RemindScope {
  readonly before: Pick<ChainState, 'synced' | 'proposals'>
  readonly state: Pick<ChainState, 'proposals' | 'announcedIds' | 'blockTime'>
  /** The snapshots of this reading. In other proposals, an account may have voted since its last snapshot. */
  readonly read: ReadonlyMap<ProposalKey, Proposal>
  /** The block of this reading. A snapshot of it is current, even if this reading did not take it again. */
  readonly at: bigint
  readonly head: Head
}

/**
 * Returns the reminders of votes that are due, in the order of the proposals.
 *
 * - Each reminder of a proposal is sent once, however often its end moves. If several are due, the tightest one is
 *   sent, and the others count as sent. `voting_ending_soon` is sent only if the vote lasts longer than the reminder;
 *   the end of a shorter vote was announced when it began.
 * - `not_voted` is sent only if the chain reports at this block that one of our voters has not voted. `voted` is sent
 *   once the chain reports that all of them have, and did not report so before. If a reorg removes votes, `voted` also
 *   closes the `not_voted` that follows.
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
  { before, state, read, at, head }: RemindScope,
  { reminders, voters }: Required<RemindOptions>,
): readonly VoteReminder[] {
  const secondsLeft = timeLeft(proposal, head, state.blockTime)
  const votes = ownVotes(
    (read.get(key) ?? (proposal.readAt === at ? proposal : undefined))?.attendance,
    voters.filter((voter) => mayVoteOn(voter, proposal)),
  )
  const given = state.announcedIds.get(key)
  const due =
    secondsLeft === undefined ? [] : reminders.filter((ms) => secondsLeft * 1_000n <= BigInt(ms)).sort((a, b) => a - b)
  // Most votes need no reminder in most readings.
  if (due.length === 0 && votes.length === 0) return []
  const [tightest] = due
  const whole = voteSeconds(proposal, state.blockTime)
  // The end of a vote that is shorter than the reminder was announced when it began.
  const ending = due.find((ms) => whole === undefined || whole * 1_000n > BigInt(ms))
  // The origin may have become known only after a reminder was sent, so both forms of the fact are checked.
  const isGiven = (event: ReminderEvent, ms: number): boolean =>
    [proposalFact(proposal, reminderText(ms)), reminderText(ms)].some(
      (fact) => given?.has(notificationId(key, event, fact)) === true,
    )
  // A looser reminder becomes due again if the end moves; a tighter one that was sent covers it.
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

/** Returns true if a vote of our voters was missing before, or if the proposal is new and all of them voted at once. */
function wasMissing(
  { synced, proposals }: RemindScope['before'],
  key: ProposalKey,
  voters: readonly string[],
): boolean {
  const known = proposals.get(key)
  return known === undefined ? synced : ownVotes(known.attendance, voters).some(({ vote }) => vote === 'not_voted')
}

/** Returns the seconds until the vote ends; `undefined` if it has ended or the time is not known. */
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

/** Returns the length of the whole vote in seconds, if it is known. */
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
