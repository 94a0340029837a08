import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { PositionMemory, PositionOptions } from '../cosmosSdk/position.js'
import type { RestMemory } from '../cosmosSdk/rest.js'

export interface SignalReaderOptions {
  /** Name of the chain in the config. */
  readonly chain: string
  /** CometBFT RPC servers: heights, times, and the version that the chain runs. */
  readonly rpc: readonly HttpEndpoint[]
  /** REST servers: what is signalled and scheduled. */
  readonly rest: readonly HttpEndpoint[]
  /** A server of another chain is refused. @defaultValue the id of the first server that answers */
  readonly chainId?: string | number
  readonly describe: (raw: RawProposal) => DescribedProposal
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

export interface SignalContext extends PositionOptions, Pick<SignalReaderOptions, 'describe' | 'rest'> {}

/** What the reader learns and keeps while the process lives. Nothing of it has to survive a restart. */
export interface Memory extends PositionMemory, RestMemory {
  /** By REST server: the host time at which it last hung when asked how far a version is signalled. */
  readonly tallyHungAt: Map<HttpEndpoint, number>
}
