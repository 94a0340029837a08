import type { ChainConfig } from '../config/schema.js'
import { SourceError } from '../domain/errors.js'
import { createReader } from '../sources/createReader.js'
import { openPastServers } from '../sources/governance/cosmosSdk/pastServers.js'
import { createEvmEndpoints } from '../sources/rpc/createEvmEndpoints.js'
import { pastClient, timeOfBlock } from '../sources/rpc/pastClient.js'
import { type ReaderDeps, readerOptionsOf } from './chain/createReaders.js'
import type { MonitorDeps } from './Monitor.js'
import type { ServerAccess } from './createServerAccess.js'

/** The past of a chain, as reported by its first servers. */
export interface Past {
  /** The client or reader through which a monitor reads the past. */
  readonly deps: Pick<MonitorDeps, 'clients' | 'readers'>
  /**
   * Makes a block the newest one. Resolves with its time in Unix seconds.
   *
   * @throws SourceError if a server does not report the block, or cannot read the state after it.
   */
  readonly moveTo: (height: bigint) => Promise<bigint>
  /** The error about a part of the past that could not be read although the reading went on without it. */
  readonly gap: () => SourceError | undefined
}

export type PastDeps = Pick<ReaderDeps, 'voters' | 'now'> &
  Pick<ServerAccess, 'http' | 'conceal'> & { readonly signal: AbortSignal }

/** Opens the past of a chain whose system supports it. */
export function openPast(chain: ChainConfig, deps: PastDeps): Past {
  return chain.governance.system === 'cosmos' ? cosmosPast(chain, deps) : evmPast(chain, deps)
}

function evmPast({ name, rpc }: ChainConfig, { http, conceal }: PastDeps): Past {
  const { urls, timeout, headers } = rpc
  const [endpoint] = createEvmEndpoints({ urls: urls.slice(0, 1), timeoutMs: timeout, http, headers, conceal })
  if (endpoint === undefined) throw new SourceError('permanent', `${name} has no URL to read it from.`)
  let head = 0n
  return {
    deps: { clients: { [name]: pastClient(endpoint.client, () => head) } },
    moveTo: (height) => {
      head = height
      return timeOfBlock(endpoint.client, head, name)
    },
    gap: () => undefined,
  }
}

/** Creates a reader over one server of each kind that replaces the configured reader. */
function cosmosPast(chain: ChainConfig, deps: PastDeps): Past {
  const { name } = chain
  const options = readerOptionsOf(chain, chain.governance.rest, deps)
  const [rpc, rest] = options.system === 'cosmos' ? [options.rpc[0], options.rest[0]] : []
  if (options.system !== 'cosmos' || rpc === undefined || rest === undefined)
    throw new SourceError('permanent', `${name} has no URLs to read it from.`)
  const past = openPastServers({ chain: name, rpc, rest })
  const reader = createReader({ ...options, rpc: [past.rpc], rest: [past.rest] })
  return {
    deps: { readers: { [name]: { ...reader, host: rpc.host } } },
    moveTo: async (height) => (await past.moveTo(height, options.chainId?.toString(), deps.signal)).timestamp,
    gap: past.gap,
  }
}
