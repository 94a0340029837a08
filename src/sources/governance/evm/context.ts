import type { Client } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { LogWindow } from '../../rpc/logs/logWindow.js'
import type { OpeningMemory } from '../opening.js'
import type { Finality, Target } from './target.js'

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

/** Title, type and plan of a proposal from its text and calls. */
export type DescribeProposal = (raw: RawProposal) => DescribedProposal

/** What the reader of every EVM system works with. */
export interface EvmContext {
  /** Name of the chain in the config. */
  readonly chain: string
  readonly endpoints: readonly EvmEndpoint[]
  /** First block of the history, the one the contract was deployed in or an earlier one. */
  readonly fromBlock: bigint
  /** A block tag, or how many blocks behind the head are read. */
  readonly finality: Finality
  /** A node that answers another id is refused. @defaultValue the id of the first node that answers */
  readonly chainId?: number
  /** Most blocks one eth_getLogs asks for. */
  readonly maxLogRange: number
  readonly describe: DescribeProposal
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly onProgress?: (progress: SyncProgress) => void
}

/** What a reader is made from: numbers of blocks as code writes them. */
export interface EvmOptions extends Omit<EvmContext, 'fromBlock'> {
  /** First block of the history, the one the contract was deployed in or an earlier one. */
  readonly fromBlock: bigint | number
}

/** What every EVM reader learns once and keeps while the process lives. Nothing of it has to survive a restart. */
export interface EvmMemory extends OpeningMemory<EvmEndpoint, OpenReading> {
  /** Endpoints whose chain id was right when it was last asked for. */
  readonly verified: WeakSet<EvmEndpoint>
  chainId?: number
  window?: LogWindow
  /** Blocks before all that was read, which are asked for with each opening until a node has them. */
  bases?: readonly bigint[]
}

/** Where a reading is made; stays the same until it is done. */
export interface ChainClient {
  readonly chain: string
  readonly host: string
  /** Aborts with the reading. */
  readonly client: Client
  readonly chainId: number
}

/** What the first request of a reading has brought. */
export interface OpenReading {
  readonly node: ChainClient
  readonly target: Target
  /** Those of the wanted blocks that the node has. */
  readonly blocks: readonly Head[]
}
