import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { PositionMemory, PositionOptions } from '../cosmosSdk/position.js'
import type { RestMemory } from '../cosmosSdk/verifyServer.js'

export interface SignalReaderOptions {
  /** Name of the chain in the configuration. */
  readonly chain: string
  /** CometBFT RPC servers: heights, times, and the version of the chain. */
  readonly rpc: readonly HttpEndpoint[]
  /** REST servers: signalled and scheduled versions. */
  readonly rest: readonly HttpEndpoint[]
  /** Expected chain id; a server of another chain is refused. @defaultValue the id of the first server that answers */
  readonly chainId?: string | number
  /**
   * How many REST servers must report a schedule, and how many nodes the version of a block; all, if there are fewer.
   *
   * @defaultValue 1
   */
  readonly agreement?: number
  readonly describe: (raw: RawProposal) => DescribedProposal
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
}

export interface SignalContext
  extends
    PositionOptions,
    Pick<SignalReaderOptions, 'describe' | 'rest'>,
    Required<Pick<SignalReaderOptions, 'agreement'>> {}

/** What the reader learns and keeps in memory. None of it has to survive a restart. */
export interface Memory extends PositionMemory, RestMemory {
  /** By REST server: the host time at which a request for the tally of a version last hung. */
  readonly tallyHungAt: Map<HttpEndpoint, number>
}
