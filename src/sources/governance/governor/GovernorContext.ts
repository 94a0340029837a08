import type { Address } from 'viem'
import type { EvmContext, EvmMemory, EvmOptions } from '../evm/EvmContext.js'
import type { GovernorRules } from './GovernorRules.js'

export interface GovernorReaderOptions extends EvmOptions {
  /** Governor contracts, in any case. */
  readonly addresses: readonly Address[]
}

/** What the reader was given, with its addresses in order. */
export interface GovernorContext extends EvmContext {
  readonly addresses: readonly Address[]
}

/** What the reader learns once and keeps while the process lives. Nothing of it has to survive a restart. */
export interface Memory extends EvmMemory {
  /** By address in lower case; dropped when an event says that the rules changed. */
  readonly rules: Map<string, GovernorRules>
  /** Unix milliseconds at which each governor was found out about, by its address in lower case. */
  readonly probedAt: Map<string, number>
  /** Head when the rules were read: events up to it hold no news. */
  rulesAt?: bigint
}
