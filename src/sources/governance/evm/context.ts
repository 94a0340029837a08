import type { Client } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import type { DescribedProposal, RawProposal } from '../../../domain/proposals/describeProposal.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { LogWindow } from '../../rpc/logs/logWindow.js'
import type { OpeningMemory } from '../opening.js'
import type { Finality, Target } from './target.js'

/** Progress of a long sync. */
export interface SyncProgress {
  readonly chain: string
  /** First block of this portion. */
  readonly from: bigint
  /** Number of blocks read in this portion. */
  readonly done: bigint
  /** Number of blocks still to read. */
  readonly toGo: bigint
  /** Measured over this portion; absent if no time has passed. */
  readonly blocksPerSecond?: number
  readonly secondsLeft?: number
}

/** Derives title, type and plan of a proposal from its text and calls. */
export type DescribeProposal = (raw: RawProposal) => DescribedProposal

/** The options shared by the readers of all EVM systems. */
export interface EvmContext {
  /** Name of the chain in the configuration. */
  readonly chain: string
  readonly endpoints: readonly EvmEndpoint[]
  /** First block of the history: the block the contract was deployed in, or an earlier one. */
  readonly fromBlock: bigint
  /** The newest block that is read: a block tag, or a number of blocks behind the head. */
  readonly finality: Finality
  /**
   * Expected chain id; a node that answers another id is refused. @defaultValue the id of the first node that answers
   */
  readonly chainId?: number
  /** Maximum number of blocks in one eth_getLogs request. */
  readonly maxLogRange: number
  readonly describe: DescribeProposal
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
  readonly onProgress?: (progress: SyncProgress) => void
}

/** The options as a caller writes them, with block numbers as number or bigint. */
export interface EvmOptions extends Omit<EvmContext, 'fromBlock'> {
  /** First block of the history: the block the contract was deployed in, or an earlier one. */
  readonly fromBlock: bigint | number
}

/** What every EVM reader learns once and keeps in memory. None of it has to survive a restart. */
export interface EvmMemory extends OpeningMemory<EvmEndpoint, OpenReading> {
  /** Endpoints that reported the right chain id when last asked. */
  readonly verified: WeakSet<EvmEndpoint>
  chainId?: number
  window?: LogWindow
  /** Blocks before everything that was read, requested with each opening until a node returns them. */
  bases?: readonly bigint[]
}

/** The node a reading is made at; fixed for the whole reading. */
export interface ChainClient {
  readonly chain: string
  readonly host: string
  /** Its requests abort with the reading. */
  readonly client: Client
  readonly chainId: number
}

/** The result of the first request of a reading. */
export interface OpenReading {
  readonly node: ChainClient
  readonly target: Target
  /** The requested blocks that the node has. */
  readonly blocks: readonly Head[]
}
