import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { Failover } from '../../rpc/firstHealthy.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'

export interface ForkConfigReaderOptions {
  /** Name of the chain in the configuration. */
  readonly chain: string
  /** All nodes are asked; the first healthy one provides the head. */
  readonly endpoints: readonly EvmEndpoint[]
  /**
   * Expected chain id; a node that answers another id is refused. @defaultValue the id of the first node that answers
   */
  readonly chainId?: number
  readonly describe: (raw: RawProposal) => DescribedProposal
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
}

/** What the reader learns once and keeps in memory. */
export interface Memory {
  chainId?: number
  /** Host time at which a node last hung, in Unix milliseconds. */
  readonly hungAt: Map<EvmEndpoint, number>
  /** Records the outcome of a request to a node. */
  readonly note: Failover['note']
}
