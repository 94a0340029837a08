import type { Address } from 'viem'
import type { EvmContext, EvmMemory, EvmOptions } from '../evm/context.js'

export interface GovBaseReaderOptions extends EvmOptions {
  /** Contracts of the family, in any case. */
  readonly addresses: readonly Address[]
}

/** What the reader was given, with its addresses in order. */
export interface GovBaseContext extends EvmContext {
  readonly addresses: readonly Address[]
}

/** Which contract of the family it is; `GovBase` where none of its own views answers. */
export type GovBaseKind = 'GovValidator' | 'GovMasterMinter' | 'GovMinter' | 'GovCouncil' | 'GovBase'

/** What is learned of a contract once. */
export interface GovBaseContract {
  readonly address: Address
  readonly kind: GovBaseKind
  /** How often an approved action is tried before it is given up. */
  readonly maxAttempts: bigint
  /** Id of the newest proposal, and the version of the members, when it was asked. */
  readonly count: bigint
  readonly memberVersion: bigint
}

/** What the reader learns once and keeps while the process lives. Nothing of it has to survive a restart. */
export interface GovBaseMemory extends EvmMemory {
  /** By address in lower case. */
  readonly contracts: Map<string, GovBaseContract>
  /** Seats in order, by {@link seatsKey}. Only of versions in use. */
  readonly seats: Map<string, readonly Address[]>
  /** Unix milliseconds at which each contract was found out about, by its address in lower case. */
  readonly probedAt: Map<string, number>
  /** Blocks at which a contract had fewer proposals than it was said to have, by its address in lower case. */
  readonly fewer: Map<string, ReadonlySet<string>>
  /** Keys of open proposals whose data would fill a multicall. */
  readonly large: Set<string>
}

export function seatsKey(contract: string, version: bigint): string {
  return `${contract.toLowerCase()}/${version}`
}
