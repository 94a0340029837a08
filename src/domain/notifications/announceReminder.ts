import type { Announcement } from '../chainState.js'
import { keyOf } from '../proposals/proposal.js'
import { isoOf } from '../text/time.js'
import { type ProposalMoment, proposalData, proposalFact } from './announceProposal.js'
import { draftNotification } from './announcement.js'
import { reminderText, type VoteReminder } from './voteReminder.js'

/** Announces that a vote is about to end, that one of our voters has not voted, or that all of them have. */
export function announceReminder(
  { event, proposal, reminder, secondsLeft, votes }: VoteReminder,
  moment: ProposalMoment,
): Announcement {
  return draftNotification({
    event,
    chain: proposal.chain,
    subject: keyOf(proposal),
    fact: proposalFact(proposal, reminder === undefined ? undefined : reminderText(reminder)),
    timestamp: isoOf(moment.time),
    data: {
      ...proposalData(proposal, moment),
      reminder: event === 'voted' || reminder === undefined ? null : reminderText(reminder),
      secondsLeft: secondsLeft?.toString() ?? null,
      ownVotes: votes,
    },
  })
}
