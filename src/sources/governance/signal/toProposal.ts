import type { PlanFinding } from '../../../domain/plans/plan.js'
import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { Proposal, ProposalStatus, Tally } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import { shareOf } from '../cosmosSdk/scalars.js'
import type { ScheduledSwitch, SignalTally } from './decode.js'

/** What stands for the contract in the keys: a chain has one x/signal. */
export const signalContract = 'signal'

/** What is known of one version at one block. */
export interface VersionFacts {
  readonly version: bigint
  /** The version of the head. */
  readonly running: bigint
  readonly scheduled: ScheduledSwitch | undefined
  /** Absent where it was not told. */
  readonly tally: SignalTally | undefined
  readonly before: Proposal | undefined
  /** Height of the head. */
  readonly at: bigint
}

interface ToProposalContext {
  readonly chain: string
  readonly describe: (raw: RawProposal) => DescribedProposal
}

/**
 * A version in the shared vocabulary: voted on while it is signalled, passed once the chain has scheduled the switch,
 * executed once a block bears it.
 */
export function toProposal(facts: VersionFacts, { chain, describe }: ToProposalContext): Proposal {
  const { version, running, before, at } = facts
  const finding = findingOf(facts)
  const status = statusOf(facts, finding)
  const description = descriptionOf(facts, finding)
  const { title, type } = describe({ title: `App version ${version}`, description, actions: [], kind: 'upgrade' })
  const tally = facts.tally === undefined || running >= version ? before?.tally : tallyOf(facts.tally)
  return {
    chain,
    system: 'signal',
    contract: signalContract,
    id: version.toString(),
    title,
    description,
    type,
    status,
    derived: status === 'executed' || status === 'expired',
    // Signals have no end: only the chain itself decides when it is over.
    closesItself: true,
    actions: [],
    clock: 'block',
    ...defined({ tally, finding }),
    readAt: at,
  }
}

/** Five sixths of all power is what a switch takes: here that is the quorum, for nobody can vote against. */
function tallyOf({ signalled, threshold, total }: SignalTally): Tally {
  const isReached = signalled >= threshold
  return {
    yes: signalled,
    no: 0n,
    abstain: 0n,
    unit: 'voting power',
    quorum: threshold,
    quorumReached: isReached,
    quorumMissing: isReached ? 0n : threshold - signalled,
    electorate: total,
    turnout: shareOf(signalled, total),
  }
}

/**
 * The plan of a version. The block after `upgrade_height` is the first one of the new version, and the one that the
 * chain's own upgrade module is given.
 */
function findingOf({ version, running, scheduled, before, at }: VersionFacts): PlanFinding | undefined {
  const known = before?.finding
  const isScheduled = scheduled?.version === version
  if (!isScheduled && known === undefined) return undefined
  const height = isScheduled ? Number(scheduled.upgradeHeight + 1n) : (known?.plan.height ?? 0)
  const base: PlanFinding = { plan: { name: `v${version}`, height }, origin: 'chain', problems: [] }
  const isReached = at >= BigInt(height)
  // The version of a block is what its header says, whatever a server that lags still has scheduled.
  if (running >= version) return isReached ? { ...base, applied: BigInt(height) } : base
  if (isReached)
    return {
      ...base,
      withdrawn: `The chain went past the height without switching: its blocks are still of version ${running}.`,
    }
  if (isScheduled) return base
  if (scheduled !== undefined)
    return { ...base, withdrawn: `The chain has version ${scheduled.version} scheduled in its place.` }
  // The chain has no way to take a schedule back, and wipes it one block before its head says so.
  return { ...base, unsure: 'The chain does not name the scheduled upgrade any more.' }
}

function statusOf({ version, running }: VersionFacts, finding: PlanFinding | undefined): ProposalStatus {
  if (finding?.applied !== undefined || running === version) return 'executed'
  // A later version came first, and took all signals with it.
  if (running > version) return 'expired'
  return finding === undefined ? 'voting' : 'passed'
}

function descriptionOf({ version }: VersionFacts, finding: PlanFinding | undefined): string {
  const rule = `Validators signal that they are ready for app version ${version}. It takes five sixths of the voting power, and a transaction that asks for the switch then.`
  return finding === undefined
    ? rule
    : `${rule}\n\nThe switch is scheduled: block ${(finding.plan.height ?? 0) - 1} is the last one of the version before. A node must have the release that knows version ${version} before that block.`
}
