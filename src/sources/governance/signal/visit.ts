import type { Proposal } from '../../../domain/proposals/proposal.js'
import type { NodeStatus } from '../cosmosSdk/cometBft.js'
import type { Rest } from '../cosmosSdk/rest.js'
import type { SignalContext } from './context.js'
import type { Cursor } from './cursor.js'

/** The head of a node of the chain, and the version of that block. */
export interface SignalStatus extends NodeStatus {
  readonly running: bigint
}

/** One reading at one REST server: the server, the state of its chain, and what was known before. */
export interface Visit {
  readonly rest: Rest
  readonly status: SignalStatus
  /** Where the reading starts. Absent at the first one. */
  readonly cursor: Cursor | undefined
  /** The proposals of this reader that can still change, by version. */
  readonly known: ReadonlyMap<bigint, Proposal>
  readonly context: SignalContext
}
