import { exampleOutcome, exampleProposal, tallyWith } from '../examples/exampleProposal.js'
import { over } from './eventDeclaration.js'
import { isDoneByExecution, isDoneByPassing, type ProposalData } from './proposalData.js'
import { proposalEvent } from './proposalEvent.js'

const outcomes: Readonly<Record<string, string>> = {
  passed: 'it passed',
  rejected: 'it was rejected',
  executed: 'it passed and was executed',
}

export const proposalEvents = {
  new_proposal: proposalEvent<ProposalData>({
    priority: 'medium',
    when: 'a proposal is seen for the first time',
    headline: 'New proposal',
    happened: (what) => `there is a new ${what}.`,
    advice: ({ status }) =>
      status === 'voting'
        ? 'Read it, and vote.'
        : status === 'submitted'
          ? 'Read it before the vote opens.'
          : undefined,
    example: (options) => exampleProposal(options),
  }),
  voting_started: proposalEvent<ProposalData>({
    priority: 'medium',
    when: 'the vote on a proposal opens',
    headline: 'Voting started',
    happened: (what) => `the vote on this ${what} is open.`,
    advice: ({ status }) => (status === 'voting' ? 'Vote before it closes.' : undefined),
    example: (options) => exampleProposal(options),
  }),
  voting_ended: proposalEvent<ProposalData>({
    priority: 'medium',
    when: 'the vote is over, with any result',
    headline: 'Voting ended',
    happened: (what, { status }) => `the vote on this ${what} is over: ${outcomes[status] ?? `it is ${status}`}.`,
    example: (options) => exampleOutcome(options, 'passed'),
  }),
  quorum_reached: proposalEvent<ProposalData>({
    priority: 'high',
    when: 'enough votes are cast for the result to count; never after `voting_ended`',
    headline: 'Quorum reached',
    happened: (what) => `the vote on this ${what} has reached its quorum: its result counts.`,
    advice: ({ status }) => (status === 'voting' ? 'Vote, if you have not yet.' : undefined),
    example: (options) => exampleOutcome(options, 'voting'),
  }),
  proposal_passed: proposalEvent<ProposalData>({
    priority: 'high',
    when: 'a proposal passed its vote',
    headline: 'Passed',
    happened: (what, data) => `this ${what} passed${afterPassing(data)}.`,
    advice: getReady,
    standing: (data) => (isDoneByPassing(data) ? 'over' : 'open'),
    example: (options) => exampleOutcome(options, 'passed'),
  }),
  proposal_rejected: proposalEvent<ProposalData>({
    priority: 'medium',
    when: 'a proposal was voted down, or missed its quorum',
    headline: 'Rejected',
    happened: (what) => `this ${what} was rejected: it will not be executed.`,
    standing: over,
    example: (options) => {
      const { yes, no, ...tally } = tallyWith({ hasQuorum: true, system: options.system })
      return exampleOutcome(options, 'rejected', { underWay: false, tally: { ...tally, yes: no, no: yes } })
    },
  }),
  proposal_queued: proposalEvent<ProposalData>({
    priority: 'medium',
    when: 'a proposal that passed waits for its execution, for example in a timelock',
    headline: 'Queued',
    happened: (what) => `this ${what} passed and waits for its execution.`,
    advice: getReady,
    example: (options) => exampleOutcome(options, 'queued'),
  }),
  proposal_executed: proposalEvent<ProposalData>({
    priority: 'medium',
    when: 'a proposal was executed',
    headline: 'Executed',
    happened: (what) => `this ${what} was executed.`,
    standing: (data) => (isDoneByExecution(data) ? 'over' : 'open'),
    example: (options) => exampleOutcome(options, 'executed', { underWay: false }),
  }),
  proposal_canceled: proposalEvent<ProposalData>({
    priority: 'medium',
    when: 'a proposal was canceled',
    headline: 'Canceled',
    happened: (what) => `this ${what} was canceled: it will not be executed.`,
    standing: over,
    example: (options) => exampleOutcome(options, 'canceled', { underWay: false }),
  }),
  proposal_expired: proposalEvent<ProposalData>({
    priority: 'medium',
    when: 'nobody executed it, or closed its vote, in time',
    headline: 'Expired',
    happened: (what) => `this ${what} expired: it will not be executed.`,
    standing: over,
    example: (options) => exampleOutcome(options, 'expired', { underWay: false }),
  }),
  proposal_failed: proposalEvent<ProposalData>({
    priority: 'high',
    when: 'it passed, but its execution failed',
    // "Failed: Upgrade to v2" would read as if the upgrade had failed.
    headline: 'Execution failed',
    happened: (what) => `this ${what} passed, but its execution failed.`,
    advice: () => 'Find out why it failed, and whether it will be executed again.',
    standing: over,
    example: (options) => exampleOutcome(options, 'failed', { underWay: false }),
  }),
  proposal_retracted: proposalEvent<ProposalData>({
    priority: 'high',
    when: 'a reorg removed a proposal from the chain',
    headline: 'Removed by a reorg',
    happened: (what) => `a reorg removed this ${what} from the chain: earlier notifications about it no longer apply.`,
    advice: () => 'Wait before you act on it: it may come back in another block.',
    isGone: true,
    standing: () => 'withdrawn',
    example: (options) => exampleProposal(options),
  }),
  emergency_proposal: proposalEvent<ProposalData>({
    priority: 'critical',
    when: 'a new proposal is of the type `emergency`',
    headline: 'Emergency proposal',
    happened: (what) => `this ${what} is urgent: it can be decided sooner than others.`,
    advice: ({ status }) =>
      status === 'voting' ? 'Read it and vote now.' : status === 'submitted' ? 'Read it now.' : undefined,
    example: (options) => exampleProposal(options, { type: 'emergency' }),
  }),
}
/** The events about a proposal itself. */
export type ProposalMilestone = keyof typeof proposalEvents

function getReady({ plan }: ProposalData): string | undefined {
  return plan === null ? undefined : `Get the binary of ${plan.name} ready.`
}

function afterPassing(data: ProposalData): string {
  if (data.status === 'executed') return ' and was executed'
  return isDoneByPassing(data) ? ', and needs no execution' : ''
}
