import { defined } from '../../../domain/defined.js'
import type { PlanFinding } from '../../../domain/plans/plan.js'
import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import { secondText } from '../../../domain/text/time.js'
import { type Fork, forkIdOf } from './decode.js'
import type { Fate } from './forks.js'

/** Takes the place of a contract address in the keys of proposals. */
export const forkContract = 'eth_config'

interface ForkFacts {
  /** The id of the fork before it. */
  readonly after: string
  readonly fate: Fate
  /** Height of the head. */
  readonly at: bigint
}

interface ToProposalContext {
  readonly chain: string
  readonly describe: (raw: RawProposal) => DescribedProposal
}

/**
 * Converts the next fork into an announced proposal, because there is no vote. Its id is that of the fork before it, so
 * that it stays the same if the time of the fork moves.
 */
export function toProposal({ after, fate, at }: ForkFacts, { chain, describe }: ToProposalContext): Proposal {
  const { fork } = fate
  const { title, type } = describe({ title: `Fork ${fork.id}`, description: '', actions: [], kind: 'upgrade' })
  return {
    chain,
    system: 'fork-config',
    contract: forkContract,
    id: after,
    announced: true,
    title,
    description: `The fork after ${after}, as nodes have it in their configuration: ${fork.id} at ${secondText(fork.time)}.`,
    type,
    status: fate.kind === 'running' ? 'executed' : fate.kind === 'withdrawn' ? 'canceled' : 'passed',
    derived: true,
    closesItself: true,
    actions: [],
    clock: 'timestamp',
    finding: findingOf(fate, at),
    readAt: at,
  }
}

function findingOf(fate: Fate, at: bigint): PlanFinding {
  const { fork, kind } = fate
  const plan = { name: `fork-${fork.id}`, time: fork.time, info: { forkId: fork.id } }
  const unready = kind === 'ahead' && fate.unready.length > 0 ? fate.unready : undefined
  return {
    plan,
    origin: 'chain',
    problems: [],
    ...defined({ unready }),
    ...(kind === 'running' && { applied: at }),
    ...(kind === 'missed' && { missed: fate.reason }),
    ...(kind === 'withdrawn' && { withdrawn: fate.reason }),
  }
}

/** The fork of a proposal made by this reader; `undefined` for any other proposal. */
export function forkIn({ contract, id, finding }: Proposal): Fork | undefined {
  if (contract !== forkContract || forkIdOf(id) === undefined || finding?.plan.time === undefined) return undefined
  const fork = forkIdOf(finding.plan.name.replace(/^fork-/, ''))
  return fork === undefined ? undefined : { id: fork, time: finding.plan.time }
}
