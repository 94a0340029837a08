import type { Address } from 'viem'
import type { Endpoint } from '../../rpc/createEndpoints.js'
import type { LogWindow } from '../../rpc/logWindow.js'
import type { Describe } from './foldEvents.js'
import type { GovernorRules } from './GovernorRules.js'

/** How far a long sync has come. */
export interface SyncProgress {
  readonly chain: string
  /** First block of this portion. */
  readonly from: bigint
  /** Blocks read in this portion. */
  readonly done: bigint
  /** Blocks still to be read. */
  readonly toGo: bigint
  /** Measured over this portion; absent before the clock has moved. */
  readonly blocksPerSecond?: number
  readonly secondsLeft?: number
}

export type Finality = 'latest' | 'safe' | 'finalized' | number

export interface GovernorReaderOptions {
  /** Name of the chain in the config. */
  readonly chain: string
  readonly endpoints: readonly Endpoint[]
  /** Governor contracts, in any case. */
  readonly addresses: readonly string[]
  /** First block of the history, the one the governor was deployed in or an earlier one. */
  readonly fromBlock: bigint
  /** A block tag, or how many blocks behind the head are read. */
  readonly finality: Finality
  /** A node that answers another id is refused. @defaultValue the id of the first node that answers */
  readonly chainId?: number
  /** Most blocks one eth_getLogs asks for. */
  readonly maxLogRange: number
  readonly describe: Describe
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly onProgress?: (progress: SyncProgress) => void
}

/** What the reader was given, with its addresses in order. */
export interface GovernorContext extends Omit<GovernorReaderOptions, 'addresses'> {
  readonly addresses: readonly Address[]
}

/** What the reader learns once and keeps while the process lives. Nothing of it has to survive a restart. */
export interface Memory {
  /** By address in lower case; dropped when an event says that the rules changed. */
  readonly rules: Map<string, GovernorRules>
  /** Head when the rules were read: events up to it hold no news. */
  rulesAt?: bigint
  /** Endpoints whose chain id was right when it was last asked for. */
  readonly verified: WeakSet<Endpoint>
  chainId?: number
  window?: LogWindow
}
