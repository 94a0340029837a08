import type { Address } from 'viem'
import type { EvmContext, EvmMemory, EvmOptions } from '../evm/context.js'
import type { Payload } from './decode.js'

interface Registry {
  /** The registry, in any case. @defaultValue found through the miner of block 0, as the nodes find it */
  readonly registry?: Address
}

export type WemixReaderOptions = EvmOptions & Registry
export type WemixContext = EvmContext & Registry

/** Where the registry says that everything is. */
export interface WemixContracts {
  readonly registry: Address
  readonly gov: Address
  readonly ballots: Address
  readonly env: Address
}

/** What need not be asked of a ballot again. */
export interface Remembered {
  /** What it asks for: that never changes. */
  readonly payload: Payload
  /** Its memo is too long to be read together with others. */
  readonly isLong: boolean
}

/** What the reader learns once and keeps while the process lives. Nothing of it has to survive a restart. */
export interface WemixMemory extends EvmMemory {
  registry?: Address
  /** As the registry said last: it is asked again with every reading. */
  contracts?: WemixContracts
  /** Who votes for the members, in their order, as of the last reading at which a ballot was voted on. */
  voters?: readonly Address[]
  /** The ballots that are still followed, by contract and id. */
  followed: ReadonlyMap<string, Remembered>
}
