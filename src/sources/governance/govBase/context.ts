import type { Address } from 'viem'
import type { EvmContext, EvmMemory, EvmOptions } from '../evm/context.js'

export interface GovBaseReaderOptions extends EvmOptions {
  /** Addresses of the contracts, in any letter case. */
  readonly addresses: readonly Address[]
}

/** The options of the reader, with checksummed addresses. */
export interface GovBaseContext extends EvmContext {
  readonly addresses: readonly Address[]
}

/** The kind of the contract; `GovBase` if it answers none of the views that identify a kind. */
export type GovBaseKind = 'GovValidator' | 'GovMasterMinter' | 'GovMinter' | 'GovCouncil' | 'GovBase'

/** What is read once from a contract. */
export interface GovBaseContract {
  readonly address: Address
  readonly kind: GovBaseKind
  /** How often an approved action is attempted before it counts as failed. */
  readonly maxAttempts: bigint
  /** Id of the newest proposal when the contract was read. */
  readonly count: bigint
  readonly memberVersion: bigint
}

/** What the reader learns once and keeps in memory. None of it has to survive a restart. */
export interface GovBaseMemory extends EvmMemory {
  /** By address in lower case. */
  readonly contracts: Map<string, GovBaseContract>
  /** Members in seat order, by {@link seatsKey}. Only of versions in use. */
  readonly seats: Map<string, readonly Address[]>
  /** When each contract was probed, in Unix milliseconds, by its address in lower case. */
  readonly probedAt: Map<string, number>
  /** Hashes of blocks at which a contract had fewer proposals than recorded, by its address in lower case. */
  readonly fewer: Map<string, ReadonlySet<string>>
  /** Keys of open proposals whose data would fill a multicall. */
  readonly large: Set<string>
}

export function seatsKey(contract: string, version: bigint): string {
  return `${contract.toLowerCase()}/${version}`
}
