import type { Address } from 'viem'
import type { EvmContext, EvmMemory, EvmOptions } from '../evm/context.js'
import type { Payload } from './decode.js'

interface Registry {
  /**
   * Address of the registry, in any letter case. @defaultValue found through the miner of block 0, as the nodes find it
   */
  readonly registry?: Address
}

export type WemixReaderOptions = EvmOptions & Registry
export type WemixContext = EvmContext & Registry

/** The contract addresses in the registry. */
export interface WemixContracts {
  readonly registry: Address
  readonly gov: Address
  readonly ballots: Address
  readonly env: Address
}

/** What does not have to be read again about a ballot. */
export interface Remembered {
  /** What the ballot asks for; this never changes. */
  readonly payload: Payload
  /** True if its memo is too long to be read together with others. */
  readonly isLong: boolean
}

/** What the reader learns once and keeps in memory. None of it has to survive a restart. */
export interface WemixMemory extends EvmMemory {
  registry?: Address
  /** The last answer of the registry, which is asked again with every reading. */
  contracts?: WemixContracts
  /** The voting addresses of the members, in member order, at the last reading with a ballot in voting. */
  voters?: readonly Address[]
  /** The ballots that are still followed, by contract and id. */
  followed: ReadonlyMap<string, Remembered>
}
