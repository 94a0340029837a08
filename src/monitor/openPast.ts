import type { ChainConfig } from '../config/schema.js'
import { SourceError } from '../domain/errors.js'
import { createReader } from '../sources/createReader.js'
import { openPastServers } from '../sources/governance/cosmosSdk/pastServers.js'
import { createEvmEndpoints } from '../sources/rpc/createEvmEndpoints.js'
import { pastClient, timeOfBlock } from '../sources/rpc/pastClient.js'
import { type ReaderDeps, readerOptionsOf } from './chain/createReaders.js'
import type { MonitorDeps } from './Monitor.js'
import type { ServerAccess } from './createServerAccess.js'

/** The past of a chain, as its first servers tell it. */
export interface Past {
  /** What a monitor reads it by. */
  readonly deps: Pick<MonitorDeps, 'clients' | 'readers'>
  /**
   * Makes a block the newest there is. Gives its time, Unix seconds.
   *
   * @throws SourceError where a server does not tell the block, or cannot be asked for the state after it.
   */
  readonly moveTo: (height: bigint) => Promise<bigint>
  /** What of the past could not be told though a reading went on without it. */
  readonly gap: () => SourceError | undefined
}

export type PastDeps = Pick<ReaderDeps, 'voters' | 'now'> &
  Pick<ServerAccess, 'http' | 'conceal'> & { readonly signal: AbortSignal }

/** The past of a chain whose system tells one. */
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

/** A reader over one server of each kind, which takes the place of the reader of the configuration. */
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
