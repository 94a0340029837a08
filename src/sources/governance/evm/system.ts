import type { Client } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import type { Proposal, ProposalKey, Vote } from '../../../domain/proposals/proposal.js'
import type { ChainClient } from './context.js'
import type { Cursor } from './cursor.js'
import type { Prepare } from './openReading.js'
import type { Again } from './readPart.js'
import type { Target } from './target.js'

/** The part of a reading that is specific to an EVM governance system; `readNext` does the rest. */
export interface EvmSystem {
  /** The contracts whose history a cursor covers, in any letter case. */
  readonly contracts: readonly string[]
  readonly prepare: Prepare
  /** Checks, in the same request as `prepare`, whether a first sync can begin. @throws SourceError if it cannot */
  readonly begin?: (client: Client) => Promise<void>
  /** Reads on to the target or part of the way. Returns `reorged` if the anchor is no longer on the chain. */
  readonly readStep: (node: ChainClient, step: Step) => Promise<StepResult | 'reorged'>
}

/** The start and the end of one step. */
export interface Step {
  readonly target: Target
  /** First block whose logs were not read yet; in a first sync, the first block of the history. */
  readonly from: bigint
  /** The last snapshots of the proposals that may still change. */
  readonly open: readonly Proposal[]
  /** Where the last reading ended; absent in a first sync. */
  readonly cursor?: Cursor
  /** The last block that was read, which must still be on the chain. Absent in a first sync and after a reorg. */
  readonly anchor?: Head
  /** The newest block that a reorg left in place. */
  readonly ancestor?: bigint
  /** Blocks below the cursor to read again; `from` is the first of them. */
  readonly again?: Again
}

export interface StepResult {
  /** The block at which everything was read. */
  readonly at: Head
  /** The anchor as the node reports it, to compute the block time. */
  readonly previous?: Head
  readonly proposals: readonly Proposal[]
  readonly votes: readonly Vote[]
  readonly retracted: readonly ProposalKey[]
  /** See {@link Cursor}. */
  readonly counts?: Readonly<Record<string, bigint>>
  readonly nodeVersion?: string
  /** See {@link Cursor}. */
  readonly unsure?: readonly bigint[]
  readonly warnings: readonly string[]
}
