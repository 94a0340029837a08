import { defined } from '../defined.js'
import { labelsText } from '../labels.js'
import type { LocalTime, Viewpoint } from '../text/localTime.js'
import type { MessageFact, MessageText } from './message.js'
import { ownVoteLines } from './announceReminder.js'
import { councilLines } from './councilText.js'
import { isDoneByPassing, type ProposalData, type ProposalEvent, type ReminderData } from './proposalData.js'
import { heightText, percent, sharesOf, shortId, votesText } from './phrases.js'
import { tallyOf } from './tallyData.js'
import { voteLines } from './voteLines.js'

const outcomes: Readonly<Record<string, string>> = { passed: 'it passed', rejected: 'it was rejected' }

/** What an event says of a proposal: what happened, and what that means. */
const happened: Readonly<Record<ProposalEvent, (what: string, data: ProposalData) => string>> = {
  new_proposal: (what, { proposer }) => `there is a new ${what}${proposer === null ? '' : ` by ${proposer}`}.`,
  voting_started: (what) => `the vote on this ${what} is open.`,
  voting_ended: (what, { status }) => `the vote on this ${what} is over: ${outcomes[status] ?? `it is ${status}`}.`,
  quorum_reached: (what) => `the vote on this ${what} has its quorum: it counts, as it stands.`,
  proposal_passed: (what, data) => `this ${what} passed${isDoneByPassing(data) ? ', and with that it is done' : ''}.`,
  proposal_rejected: (what) => `this ${what} was rejected: nothing of it is carried out.`,
  proposal_queued: (what) => `this ${what} passed and waits to be carried out.`,
  proposal_executed: (what) => `this ${what} was carried out.`,
  proposal_canceled: (what) => `this ${what} was canceled: nothing of it is carried out.`,
  proposal_expired: (what) => `this ${what} ran out of time: nothing of it is carried out.`,
  proposal_failed: (what) => `this ${what} could not be carried out.`,
  proposal_retracted: (what) => `a reorg took this ${what} off the chain: what was told of it does not hold any more.`,
  voting_ending_soon: (what) => `the vote on this ${what} is about to close.`,
  not_voted: (what) => `the vote on this ${what} closes soon, and not all of ours have voted.`,
  voted: (what) => `all of ours have voted on this ${what}.`,
  emergency_proposal: (what) => `this ${what} is urgent: it is decided sooner than others.`,
}

/** What to do about it; absent where nothing is. */
const advice: Readonly<Partial<Record<ProposalEvent, (data: ProposalData) => string | undefined>>> = {
  new_proposal: ({ status }) =>
    status === 'voting' ? 'Read it, and vote.' : status === 'submitted' ? 'Read it before the vote opens.' : undefined,
  voting_started: ({ status }) => (status === 'voting' ? 'Vote before it closes.' : undefined),
  quorum_reached: ({ status }) => (status === 'voting' ? 'Vote, if you have not yet.' : undefined),
  proposal_passed: ({ plan }) => (plan === null ? undefined : `Get the binary of ${plan.name} ready.`),
  proposal_queued: ({ plan }) => (plan === null ? undefined : `Get the binary of ${plan.name} ready.`),
  proposal_failed: () => 'Look why: it may be tried again.',
  proposal_retracted: () => 'Wait before you act on it: it may come back in another block.',
  voting_ending_soon: () => 'Vote now, if you have not yet.',
  not_voted: () => 'Vote now.',
  emergency_proposal: ({ status }) =>
    status === 'voting' ? 'Read it and vote now.' : status === 'submitted' ? 'Read it now.' : undefined,
}

/** What people are told of an event of a proposal. */
export function proposalMessage(
  { event, data }: { readonly event: ProposalEvent; readonly data: ProposalData | ReminderData },
  clock: LocalTime,
  from: Viewpoint,
): MessageText {
  const isThere = event !== 'proposal_retracted'
  const isActive = isThere && (data.status === 'submitted' || data.status === 'voting')
  const { plan, skipped, excerpt, proposer, council, votingEndsAt } = data
  const isTooLate = isActive && from.isLate && votingEndsAt !== null && votingEndsAt <= from.from
  return {
    lines: [
      happened[event](`${data.type} proposal`, data),
      ...(skipped === null ? [] : [skipped]),
      ...(isActive ? voteLines(data, from, clock) : []),
      ...(isOwn(data) ? ownVoteLines(data.ownVotes) : []),
      ...(isActive && council !== null && event !== 'voted' ? councilLines(council) : []),
      ...(plan === null || !isThere ? [] : [planText(plan, data)]),
      ...(isActive && excerpt !== '' ? [excerpt] : []),
    ],
    facts: facts(data),
    about: {
      id: data.proposalId,
      ...(proposer !== null && { voters: [{ label: 'Proposer', address: proposer }] }),
    },
    ...defined({ advice: isTooLate ? undefined : advice[event]?.(data) }),
  }
}

function isOwn(data: ProposalData | ReminderData): data is ReminderData {
  return 'ownVotes' in data
}

function planText({ name, height }: NonNullable<ProposalData['plan']>, { status }: ProposalData): string {
  const upgrade = `${name} at height ${heightText(height)}`
  switch (status) {
    case 'submitted':
    case 'voting':
      return `Where it passes, nodes switch to ${upgrade}.`
    case 'passed':
    case 'queued':
    case 'executed':
      return `It asks nodes to switch to ${upgrade}.`
    case 'failed':
      return `Its upgrade, ${upgrade}, comes only where it is carried out after all.`
    default:
      return `Its upgrade, ${upgrade}, does not come by this proposal.`
  }
}

function facts({
  type,
  status,
  derived,
  plan,
  proposer,
  proposalId,
  tally,
  metadata,
}: ProposalData): readonly MessageFact[] {
  return [
    { name: 'Type', value: type },
    { name: 'Status', value: derived ? `${status} (by the clock)` : status },
    ...(tally === null || (status === 'submitted' && !hasVotes(tally)) ? [] : tallyFacts(tally)),
    ...(plan === null ? [] : [{ name: 'Upgrade', value: `${plan.name} at height ${heightText(plan.height)}` }]),
    ...(proposer === null ? [] : [{ name: 'Proposer', value: proposer }]),
    { name: 'Proposal', value: shortId(proposalId) },
    ...(Object.keys(metadata).length === 0 ? [] : [{ name: 'Metadata', value: labelsText(metadata) }]),
  ]
}

/**
 * What moves while a vote goes on, as people read it: the tally, who has voted, and the point at which it ends. Two
 * that are equal are told in the same words, but for the time that is left.
 */
export function voteText(data: ProposalData | ReminderData): string {
  const { tally, council, votingEnd } = data
  return JSON.stringify([
    tally === null ? [] : tallyFacts(tally).map(({ value }) => value),
    council === null ? [] : councilLines(council),
    isOwn(data) ? ownVoteLines(data.ownVotes) : [],
    votingEnd,
  ])
}

/** Before the vote opens, a row of zeros says nothing. */
function hasVotes(data: NonNullable<ProposalData['tally']>): boolean {
  const { yes, no, abstain, veto = 0n } = tallyOf(data)
  return yes + no + abstain + veto > 0n
}

function tallyFacts(data: NonNullable<ProposalData['tally']>): readonly MessageFact[] {
  const tally = tallyOf(data)
  const { yes, no, abstain, veto, quorum, quorumMissing, quorumReached, turnout } = tally
  const share = sharesOf(tally)
  const missing = quorumMissing === undefined ? '' : `, ${votesText(quorumMissing, tally)} missing`
  const standing = quorumReached === undefined ? '' : quorumReached ? ', reached' : `, not reached${missing}`
  return [
    { name: 'For', value: share(yes) },
    { name: 'Against', value: share(no) },
    { name: 'Abstain', value: share(abstain) },
    ...(veto === undefined ? [] : [{ name: 'Veto', value: share(veto) }]),
    ...(quorum === undefined ? [] : [{ name: 'Quorum', value: `${votesText(quorum, tally)}${standing}` }]),
    ...(turnout === undefined ? [] : [{ name: 'Turnout', value: percent(turnout) }]),
  ]
}
