import { type Failover, headLook, ofReading } from '../../rpc/firstHealthy.js'
import type { Json } from '../../../domain/text/json.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import { readVouched } from '../readVouched.js'
import type { Checkpoint } from './checkpoints.js'
import type { EvmContext, EvmMemory } from './context.js'
import { parseCursor } from './cursor.js'
import { readNodeState } from './nodeState.js'
import { openHead, readHeight } from './openReading.js'
import { readNext } from './readNext.js'
import type { EvmSystem } from './system.js'

/** The reads that are the same in every EVM system: heads, readings and blocks, at the first healthy endpoint. */
export function evmReads(
  onHealthy: Failover,
  system: EvmSystem,
  context: EvmContext,
  memory: EvmMemory,
): Pick<GovernanceReader, 'readHead' | 'readNodeState' | 'read' | 'readBlock'> {
  const anchorsIn = (cursor: Json): readonly Checkpoint[] => {
    const { checkpoints, at } = parseCursor(cursor, context.chain)
    return checkpoints.length === 0 ? [at] : checkpoints
  }
  return {
    readHead: (signal) =>
      onHealthy((endpoint) => openHead(endpoint, signal, system, context, memory), signal, headLook),
    readNodeState: (signal) => onHealthy((endpoint) => readNodeState(endpoint, signal, context, memory), signal),
    read: (request) =>
      onHealthy(
        (endpoint) => readVouched(endpoint, readNext(endpoint, request, system, context, memory), request, anchorsIn),
        request.signal,
        ofReading,
      ),
    readBlock: (height, signal) =>
      onHealthy((endpoint) => readHeight(endpoint, height, signal, context, memory), signal),
  }
}
