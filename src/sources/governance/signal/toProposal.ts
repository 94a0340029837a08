import type { PlanFinding } from '../../../domain/plans/plan.js'
import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { Proposal, ProposalStatus, Tally } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import { shareOf } from '../cosmosSdk/scalars.js'
import type { ScheduledSwitch, SignalTally } from './decode.js'

/** Takes the place of a contract address in the keys of proposals; a chain has one x/signal. */
export const signalContract = 'signal'

/** What is known about one version at one block. */
export interface VersionFacts {
  readonly version: bigint
  /** The version of the head. */
  readonly running: bigint
  readonly scheduled: ScheduledSwitch | undefined
  /** Absent if it could not be read. */
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
 * Converts a version into a `Proposal`: `voting` while it is signalled, `passed` once the chain has scheduled the
 * switch, `executed` once a block has the version.
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
    // Signalling has no deadline; only the chain decides when it is over.
    closesItself: true,
    actions: [],
    clock: 'block',
    ...defined({ tally, finding }),
    readAt: at,
  }
}

/** A switch requires five sixths of the total power. This is the quorum here, because nobody can vote against. */
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

/** The first block of the new version. */
export function planHeightOf({ upgradeHeight }: ScheduledSwitch): number {
  return Number(upgradeHeight + 1n)
}

/**
 * The plan of a version. Its height is the block after `upgrade_height`: the first block of the new version, and the
 * height that the chain passes to its own upgrade module.
 */
function findingOf({ version, running, scheduled, before, at }: VersionFacts): PlanFinding | undefined {
  const known = before?.finding
  // What is reported of a switch that took place is old or wrong.
  const isScheduled = scheduled?.version === version && (known === undefined || running < version)
  if (!isScheduled && known === undefined) return undefined
  const height = isScheduled ? planHeightOf(scheduled) : (known?.plan.height ?? 0)
  const base: PlanFinding = { plan: { name: `v${version}`, height }, origin: 'chain', problems: [] }
  const isReached = at >= BigInt(height)
  // The header of a block tells its version, even if a server that is behind still reports a schedule.
  if (running >= version) return isReached ? { ...base, applied: BigInt(height) } : base
  if (isReached)
    return {
      ...base,
      withdrawn: `The chain went past the height without switching: its blocks are still of version ${running}.`,
    }
  if (isScheduled) return base
  if (scheduled !== undefined)
    return { ...base, withdrawn: `The chain has version ${scheduled.version} scheduled in its place.` }
  // A schedule cannot be withdrawn, and the chain deletes it one block before its head has the new version.
  return { ...base, unsure: 'The chain does not name the scheduled upgrade any more.' }
}

function statusOf({ version, running }: VersionFacts, finding: PlanFinding | undefined): ProposalStatus {
  if (finding?.applied !== undefined || running === version) return 'executed'
  // A later version came first, which cleared all signals.
  if (running > version) return 'expired'
  return finding === undefined ? 'voting' : 'passed'
}

function descriptionOf({ version }: VersionFacts, finding: PlanFinding | undefined): string {
  const rule = `Validators signal that they are ready for app version ${version}. It takes five sixths of the voting power, and a transaction that asks for the switch then.`
  return finding === undefined
    ? rule
    : `${rule}\n\nThe switch is scheduled: block ${(finding.plan.height ?? 0) - 1} is the last one of the version before. A node must have the release that knows version ${version} before that block.`
}
