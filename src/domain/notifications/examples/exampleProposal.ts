import { isoOfMs } from '../../text/time.js'
import type { ProposalData, TallyData } from '../events/proposalData.js'
import { at, exampleAccounts, type ExampleOptions, examplePlan } from './exampleChain.js'

const secondsToVote = 12_000
const unit = 10n ** 18n

/** A fictitious proposal with the given changes. Without any, its vote is open and lacks its quorum. */
export function exampleProposal(options: ExampleOptions, parts: Partial<ProposalData> = {}): ProposalData {
  const { contract, proposalId, name, height, time } = examplePlan(options)
  const { system, now } = options
  const [start, end] = [Math.floor(now / 1_000) - 86_400, Math.floor(now / 1_000) + secondsToVote]
  return {
    contract,
    proposalId,
    system,
    title: `Upgrade to ${name}`,
    type: 'upgrade',
    status: 'voting',
    derived: false,
    underWay: true,
    skipped: null,
    block: at.toString(),
    proposer: exampleAccounts(options).proposer,
    clock: 'timestamp',
    votingStart: start.toString(),
    votingEnd: end.toString(),
    votingStartsAt: isoOfMs(start * 1_000),
    votingEndsAt: isoOfMs(end * 1_000),
    votingEndsAtEstimated: false,
    tally: tallyWith({ hasQuorum: false, system }),
    plan: { name, height, time },
    planProblems: [],
    council: null,
    metadata: {},
    excerpt: 'Halves the price of gas and lets validators leave within a day.',
    ...parts,
  }
}

/** The same proposal after a vote that was won. */
export function exampleOutcome(
  options: ExampleOptions,
  status: ProposalData['status'],
  parts: Partial<ProposalData> = {},
): ProposalData {
  return exampleProposal(options, { status, tally: tallyWith({ hasQuorum: true, system: options.system }), ...parts })
}

/** A tally with a majority in favour. */
export function tallyWith({ hasQuorum, system }: { readonly hasQuorum: boolean; readonly system: string }): TallyData {
  const isCosmos = system === 'cosmos'
  return {
    yes: votes(hasQuorum ? 4_200_000n : 3_100_000n),
    no: votes(240_000n),
    abstain: votes(12_000n),
    veto: null,
    unit: 'GOV',
    decimals: 18,
    quorum: votes(4_000_000n),
    quorumMissing: hasQuorum ? null : votes(isCosmos ? 648_000n : 888_000n),
    quorumReached: hasQuorum,
    quorumCounts: isCosmos ? ['yes', 'no', 'abstain', 'veto'] : ['yes', 'abstain'],
    threshold: null,
    thresholdMet: null,
    turnout: hasQuorum ? 0.42 : 0.31,
  }
}

function votes(count: bigint): string {
  return (count * unit).toString()
}
