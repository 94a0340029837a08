import { systemsWithRest } from '../../config/systems.js'
import type { ChainConfig } from '../../config/schema.js'
import { describeProposal } from '../../domain/proposals/describeProposal.js'
import { defined } from '../../domain/defined.js'
import { createReader, type ReaderOptions, type SyncProgress } from '../../sources/createReader.js'
import type { GovernanceReader } from '../../sources/governance/GovernanceReader.js'
import type { DescribeProposal } from '../../sources/governance/evm/context.js'
import { checksummed } from '../../sources/governance/evm/contracts.js'
import { createJsonRpcEndpoints } from '../../sources/jsonRpc/createJsonRpcEndpoints.js'
import { createHttpClient } from '../../transport/createHttpClient.js'
import type { HttpClient } from '../../transport/HttpClient.js'
import { createHttpEndpoints } from '../../sources/http/createHttpEndpoints.js'
import { createEvmEndpoints, evmEndpointsOf, type ViemClient } from '../../sources/rpc/createEvmEndpoints.js'

export interface ReaderDeps {
  /** The host's own client, used instead of the configured URLs. EVM systems only. */
  readonly client?: ViemClient
  /** Accounts of the operator whose votes are read. @defaultValue none */
  readonly voters?: readonly string[]
  readonly onProgress?: (progress: SyncProgress) => void
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** @defaultValue one client for each chain, without a proxy */
  readonly http?: HttpClient
  /** Removes the secrets of the configuration from texts of servers. @defaultValue removes nothing */
  readonly conceal?: (text: string) => string
}

export interface Readers {
  /** Reads from the first healthy node. */
  readonly reader: GovernanceReader
  /** One reader for each node that reports proposals, if several must agree; otherwise empty. */
  readonly witnesses: readonly GovernanceReader[]
  /** One reader for each node that reports blocks, in all cases. */
  readonly nodes: readonly GovernanceReader[]
  /** One reader for each node that reports proposals, in all cases. */
  readonly servers: readonly GovernanceReader[]
}

/** Creates the readers of one chain of any system. Nothing is contacted before their first call. */
export function createReaders(config: ChainConfig, deps: ReaderDeps): Readers {
  const { rpc, governance } = config
  // Proposals are read from the REST endpoints on Cosmos, and from the nodes on other systems.
  const hasRest = systemsWithRest.includes(governance.system)
  const urls = hasRest ? governance.rest : rpc.urls
  const isOwn = deps.client !== undefined
  const single =
    isOwn && urls.length === 0
      ? [createReader(readerOptionsOf(config, [], deps))]
      : urls.slice(0, isOwn ? 1 : urls.length).map((url, at) => ({
          ...createReader(readerOptionsOf(hasRest ? startingAt(config, at) : config, [url], deps)),
          host: new URL(url).host,
        }))
  return {
    reader: createReader(readerOptionsOf(config, urls, deps)),
    witnesses: rpc.agreement > 1 ? single : [],
    servers: single,
    nodes: hasRest
      ? rpc.urls.map((url) => ({
          ...createReader(readerOptionsOf({ ...config, rpc: { ...rpc, urls: [url] } }, urls, deps)),
          host: new URL(url).host,
        }))
      : single,
  }
}

/** The nodes from another one on, so that the REST servers are not all judged by the head of the same node. */
function startingAt(config: ChainConfig, at: number): ChainConfig {
  const { urls } = config.rpc
  const first = at % Math.max(1, urls.length)
  return { ...config, rpc: { ...config.rpc, urls: [...urls.slice(first), ...urls.slice(0, first)] } }
}

/** The options for a reader of one chain that reads proposals from `urls`. Nothing is contacted. */
export function readerOptionsOf(
  { name, rpc, governance, monitor }: ChainConfig,
  urls: readonly string[],
  { client, onProgress, voters = [], now, http = createHttpClient(), conceal = (text) => text }: ReaderDeps,
): ReaderOptions {
  const reach = { timeoutMs: rpc.timeout, http, conceal, now }
  const toNodes = { ...reach, headers: rpc.headers, batchSize: rpc.batchSize }
  const common = { chain: name, describe: describedBy(governance), now }
  const contract = (address: string) => checksummed(address, name)
  const nodes = () => ({
    ...common,
    endpoints: client === undefined ? createEvmEndpoints({ urls, ...toNodes }) : evmEndpointsOf([client], reach),
    ...(typeof rpc.chainId === 'number' && { chainId: rpc.chainId }),
  })
  const evm = () => ({
    ...nodes(),
    fromBlock: BigInt(governance.fromBlock ?? 0),
    finality: monitor.finality,
    maxLogRange: rpc.maxLogRange,
    ...defined({ onProgress }),
  })
  const cosmosSdk = () => ({
    rpc: createHttpEndpoints({ chain: name, urls: rpc.urls, ...reach, headers: rpc.headers }),
    // A token is sent only to the servers for which it was given.
    rest: urls.flatMap((url) =>
      createHttpEndpoints({ chain: name, urls: [url], ...reach, headers: isAmong(url, rpc.urls) ? rpc.headers : {} }),
    ),
    ...defined({ chainId: rpc.chainId }),
  })
  switch (governance.system) {
    case 'governor':
      return { system: 'governor', ...evm(), addresses: governance.address.map(contract), voters }
    case 'gov-base':
      return { system: 'gov-base', ...evm(), addresses: governance.address.map(contract) }
    case 'wemix':
      return {
        system: 'wemix',
        ...evm(),
        ...(governance.address !== undefined && { registry: contract(governance.address) }),
      }
    case 'upgrade-entrypoint':
      return { system: 'upgrade-entrypoint', ...evm(), addresses: governance.address.map(contract) }
    case 'wemixvisor-rpc':
      return {
        system: 'wemixvisor-rpc',
        ...common,
        endpoints: createJsonRpcEndpoints({ chain: name, urls, ...toNodes }),
        ...(typeof rpc.chainId === 'string' && { chainId: rpc.chainId }),
      }
    case 'cosmos':
      return { system: 'cosmos', ...cosmosSdk(), chain: name, voters, classify: governance.classify, now }
    case 'fork-config':
      return { system: 'fork-config', ...nodes() }
    case 'signal':
      return { system: 'signal', ...cosmosSdk(), ...common, agreement: rpc.agreement }
  }
}

function describedBy({ classify }: Pick<ChainConfig['governance'], 'classify'>): DescribeProposal {
  return (raw) => describeProposal(raw, classify)
}

function isAmong(url: string, urls: readonly string[]): boolean {
  return urls.some((other) => new URL(other).host === new URL(url).host)
}
