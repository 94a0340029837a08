import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { Failover } from '../../rpc/firstHealthy.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'

export interface ForkConfigReaderOptions {
  /** Name of the chain in the config. */
  readonly chain: string
  /** All of them are asked; the first healthy one tells the head. */
  readonly endpoints: readonly EvmEndpoint[]
  /** A node that answers another id is refused. @defaultValue the id of the first node that answers */
  readonly chainId?: number
  readonly describe: (raw: RawProposal) => DescribedProposal
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/** What the reader learns once and keeps while the process lives. */
export interface Memory {
  chainId?: number
  /** Host time at which a node last hung, Unix milliseconds. */
  readonly hungAt: Map<EvmEndpoint, number>
  /** Takes down how a node has answered. */
  readonly note: Failover['note']
}
