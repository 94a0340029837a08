import type { Proposal, ProposalStatus } from '../../proposals/proposal.js'
import type { Announcement } from '../../chainState.js'
import { announceProposal } from '../announceProposal.js'
import { announceReminder } from '../announceReminder.js'
import { isReminderEvent, type ProposalEvent } from '../proposalData.js'
import { at, type ExampleOptions, headAt, height, id, paceAt, timeOf } from './exampleChain.js'

/** What is told of a proposal that was never made. */
export function exampleProposal(event: ProposalEvent, options: ExampleOptions): Announcement | undefined {
  const time = timeOf(options)
  const moment = { at, time, head: headAt(time), blockTime: paceAt(time) }
  const proposal = proposalFor(event, options)
  if (!isReminderEvent(event)) return announceProposal([event], proposal, moment)[0]
  const votes = [{ address: voter, vote: event === 'voted' ? 'voted' : 'not_voted' } as const]
  return announceReminder(
    event === 'voted'
      ? { event, proposal, votes }
      : { event, proposal, votes, reminder: 21_600_000, secondsLeft: secondsToVote },
    moment,
  )
}

const statuses: Readonly<Partial<Record<ProposalEvent, ProposalStatus>>> = {
  voting_ended: 'passed',
  proposal_passed: 'passed',
  proposal_rejected: 'rejected',
  proposal_queued: 'queued',
  proposal_executed: 'executed',
  proposal_canceled: 'canceled',
  proposal_expired: 'expired',
  proposal_failed: 'failed',
}

const voter = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const secondsToVote = 12_000n
const votes = 10n ** 18n

function proposalFor(event: ProposalEvent, { chain, system, contract, now }: ExampleOptions): Proposal {
  const time = timeOf({ now })
  const [start, end] = [time - 86_400n, time + secondsToVote]
  const hasQuorum = statuses[event] !== undefined || event === 'quorum_reached'
  return {
    chain,
    system,
    contract,
    id,
    title: 'Upgrade to v2.1.0',
    description: '# Upgrade to v2.1.0\n\nHalves the price of gas and lets validators leave within a day.',
    type: event === 'emergency_proposal' ? 'emergency' : 'upgrade',
    status: statuses[event] ?? 'voting',
    derived: false,
    proposer: '0x71C7656EC7ab88b098defB751B7401B5f6d8976F',
    actions: [],
    clock: 'timestamp',
    votingStart: start,
    votingEnd: end,
    votingStartsAt: start,
    votingEndsAt: end,
    tally: {
      yes: (event === 'proposal_rejected' ? 240_000n : hasQuorum ? 4_200_000n : 3_100_000n) * votes,
      no: (event === 'proposal_rejected' ? 4_200_000n : 240_000n) * votes,
      abstain: 12_000n * votes,
      unit: 'GOV',
      decimals: 18,
      quorum: 4_000_000n * votes,
      quorumReached: hasQuorum,
      turnout: hasQuorum ? 0.42 : 0.31,
      ...(!hasQuorum && { quorumMissing: 888_000n * votes }),
    },
    finding: { plan: { name: 'v2.1.0', height }, origin: 'call', problems: [] },
    readAt: at,
  }
}
