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
  /** The host's own reader, used instead of the configured ones. */
  readonly ownReader?: GovernanceReader
}

/** One chain, with everything needed to read it and to act for it. */
export interface Chain {
  readonly name: string
  readonly config: ChainConfig
  readonly reader: GovernanceReader
  /** One reader for each node that reports blocks. */
  readonly nodes: readonly GovernanceReader[]
  /** One reader for each node that reports proposals, if several must agree; otherwise empty. */
  readonly witnesses: readonly GovernanceReader[]
  /**
   * One reader for each server that reports proposals. These are the `nodes`, unless the system uses separate servers.
   */
  readonly servers: readonly GovernanceReader[]
  /** Returns the plan of a proposal, according to the configuration or the host. */
  readonly findPlan: (proposal: Proposal) => PlanFinding | undefined
  /** Filters for proposals that may carry a plan known only to the configuration or the host. */
  readonly planHolders: readonly ProposalFilter[]
  /** The pushed heads, if a WebSocket is configured. */
  readonly push?: Push
  /** Executes what a committed turn asks for and emits an outcome for each due upgrade. */
  readonly execute: ExecuteTurn
  /** Checks what an upgrade will need. */
  readonly preflight: RunPreflight
  /** Checks the chain after the height of an upgrade. */
  readonly postCheck: LookAfterHeight
}

/** Builds the reader and the writer of one chain. Nothing is contacted or written before they are used. */
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
 * Builds the enabled chains, by name, with the clients and readers of the host. Chains in `kept` are reused as they
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
