import type { Address } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { AnnouncedPlans } from './announcements.js'
import type { EvmContext, EvmMemory, EvmOptions } from '../evm/context.js'

export interface EntrypointReaderOptions extends EvmOptions {
  /** Addresses of the contracts that announce upgrades, in any letter case. */
  readonly addresses: readonly Address[]
}

/** The options of the reader, with checksummed addresses. */
export interface EntrypointContext extends EvmContext {
  readonly addresses: readonly Address[]
}

/** The plans that were announced up to a block. */
export interface Announced {
  readonly at: Head
  /** When the first of these blocks was read, in Unix milliseconds. */
  readonly since: number
  readonly plans: AnnouncedPlans
}

/** What the reader learns once and keeps in memory. None of it has to survive a restart. */
export interface EntrypointMemory extends EvmMemory {
  /** When a contract was last seen at each address, in Unix milliseconds, by the address in lower case. */
  readonly seenAt: Map<string, number>
  /** What an endpoint said was announced from a block on, by that block. A node may lack what another one has. */
  readonly announced: WeakMap<EvmEndpoint, Map<bigint, Announced>>
}
