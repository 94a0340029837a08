import type { Address } from 'viem'
import type { EvmContext, EvmMemory, EvmOptions } from '../evm/context.js'

export interface EntrypointReaderOptions extends EvmOptions {
  /** Contracts that announce upgrades, in any case. */
  readonly addresses: readonly Address[]
}

/** What the reader was given, with its addresses in order. */
export interface EntrypointContext extends EvmContext {
  readonly addresses: readonly Address[]
}

/** What the reader learns once and keeps while the process lives. Nothing of it has to survive a restart. */
export interface EntrypointMemory extends EvmMemory {
  /** Unix milliseconds at which a contract was last seen at each address, by the address in lower case. */
  readonly seenAt: Map<string, number>
}
