import type { ChainConfig, Config } from '../../config/schema.js'
import { defined } from '../../domain/defined.js'
import type { PlanFinding } from '../../domain/plans/plan.js'
import type { Proposal } from '../../domain/proposals/proposal.js'
import type { ProposalFilter } from '../../domain/proposals/selectProposals.js'
import { redactor } from '../../domain/secrets/redactor.js'
import type { GovernanceReader } from '../../sources/governance/GovernanceReader.js'
import { urlOf } from '../../sources/rpc/createEvmEndpoints.js'
import { type ExecuteTurn, turnExecutor } from '../execute/turnExecutor.js'
import { createPreflight, type RunPreflight } from '../preflight/preflightUpgrade.js'
import { createPostCheck, type LookAfterHeight } from '../postCheck/lookAfterHeight.js'
import { hideSecrets } from './hideSecrets.js'
import { type ExtractPlan, findPlanOf, planHolders } from './findPlanOf.js'
import type { MonitorDeps } from '../Monitor.js'
import type { ServerAccess } from '../createServerAccess.js'
import { type ReaderDeps, createReaders } from './createReaders.js'
import { type Push, pushOf } from './pushOf.js'
import { votersOf } from '../../config/votersOf.js'

export interface ChainDeps extends Omit<ReaderDeps, keyof ServerAccess>, ServerAccess {
  readonly extractPlan?: ExtractPlan
  /** The host's own reader in place of those of the configuration. */
  readonly ownReader?: GovernanceReader
}

/** One chain, ready to be read and acted for. */
export interface Chain {
  readonly name: string
  readonly config: ChainConfig
  readonly reader: GovernanceReader
  /** One reader a node that tells of blocks. */
  readonly nodes: readonly GovernanceReader[]
  /** One reader a node that tells of proposals, where several must agree. */
  readonly witnesses: readonly GovernanceReader[]
  /** One reader a node that tells of proposals: each of `nodes`, but where other servers are asked for these. */
  readonly servers: readonly GovernanceReader[]
  /** The plan of a proposal, as the configuration or the host says. */
  readonly findPlan: (proposal: Proposal) => PlanFinding | undefined
  /** Which proposals may carry a plan that only the configuration or the host knows of. */
  readonly planHolders: readonly ProposalFilter[]
  /** The heads that are pushed, where a WebSocket is configured. */
  readonly push?: Push
  /** Carries out what a committed turn asks for, and answers for each due upgrade. */
  readonly execute: ExecuteTurn
  /** Looks at what an upgrade will need. */
  readonly preflight: RunPreflight
  /** Looks at what an upgrade came to. */
  readonly postCheck: LookAfterHeight
}

/** Builds the reader and the writer of one chain. Nothing is contacted or touched before they are used. */
export function assembleChain(config: ChainConfig, { extractPlan, ownReader, ...deps }: ChainDeps): Chain {
  const { reader, ...others } =
    ownReader === undefined
      ? createReaders(config, deps)
      : { reader: ownReader, witnesses: [], nodes: [ownReader], servers: [ownReader] }
  const url = deps.client === undefined ? '' : urlOf(deps.client)
  const hideOwn = redactor({ urls: URL.canParse(url) ? [url] : [] })
  const conceal = (text: string): string => hideOwn(deps.conceal(text))
  const guardedOnes = new Map([...others.nodes, ...others.servers].map((one) => [one, hideSecrets(one, conceal)]))
  const guardedOf = (some: readonly GovernanceReader[]): readonly GovernanceReader[] =>
    some.flatMap((one) => guardedOnes.get(one) ?? [])
  const witnesses = guardedOf(others.witnesses)
  const nodes = guardedOf(others.nodes)
  const findPlan = findPlanOf(config, extractPlan)
  const guarded = hideSecrets(reader, conceal)
  return {
    name: config.name,
    config,
    reader: guarded,
    nodes,
    witnesses,
    servers: guardedOf(others.servers),
    findPlan,
    planHolders: planHolders(config, extractPlan),
    ...defined({ push: pushOf(config, { openSocket: deps.openSocket, conceal }) }),
    execute: turnExecutor(config, { witnesses, nodes, findPlan, conceal }),
    postCheck: createPostCheck(config, { nodes, now: deps.now }),
    preflight: createPreflight(config, { reader: guarded, now: deps.now, conceal }),
  }
}

/**
 * The chains that are watched, by name, each with what the host brought along for it. Those of `kept` go on as they
 * are.
 */
export function assembleChains(
  { chains, notifier }: Pick<Config, 'chains' | 'notifier'>,
  { clients = {}, readers = {}, extractPlan }: Pick<MonitorDeps, 'clients' | 'readers' | 'extractPlan'>,
  deps: Omit<ChainDeps, 'client' | 'ownReader' | 'extractPlan' | 'voters'>,
  kept?: ReadonlyMap<string, Chain>,
): ReadonlyMap<string, Chain> {
  function assembled(config: ChainConfig): Chain {
    const [client, ownReader] = [clients[config.name], readers[config.name]]
    const voters = votersOf(config, notifier)
    return assembleChain(config, { ...deps, voters, ...defined({ client, ownReader, extractPlan }) })
  }
  const watched = chains.filter(({ monitor }) => monitor.enabled)
  return new Map(watched.map((config) => [config.name, kept?.get(config.name) ?? assembled(config)]))
}
