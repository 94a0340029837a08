import type { NodeStatus } from '../cosmosSdk/cometBft.js'
import type { Rest } from '../cosmosSdk/rest.js'
import type { ReadRequest } from '../GovernanceReader.js'
import type { CosmosContext, Memory } from './context.js'
import type { Cursor } from './cursor.js'

/** One reading at one REST server: the server, the state of its chain, and what was known before. */
export interface Visit {
  readonly rest: Rest
  readonly status: NodeStatus
  /** Where the reading starts. Absent at the first one. */
  readonly cursor: Cursor | undefined
  readonly request: ReadRequest
  readonly context: CosmosContext
  readonly memory: Memory
}
