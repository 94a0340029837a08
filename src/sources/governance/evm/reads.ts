import type { Failover } from '../../rpc/firstHealthy.js'
import type { GovernanceReader } from '../GovernanceReader.js'
import { vouched } from '../vouched.js'
import type { EvmContext, EvmMemory } from './context.js'
import { readHeight } from './openReading.js'
import { type EvmSystem, readNext } from './readNext.js'

/** What a reader of every EVM system does alike: readings and blocks, at the first healthy endpoint. */
export function evmReads(
  onHealthy: Failover,
  system: EvmSystem,
  context: EvmContext,
  memory: EvmMemory,
): Pick<GovernanceReader, 'read' | 'readBlock'> {
  return {
    read: (request) =>
      onHealthy(
        (endpoint) => vouched(endpoint, readNext(endpoint, request, system, context, memory), request),
        request.signal,
      ),
    readBlock: (height, signal) =>
      onHealthy((endpoint) => readHeight(endpoint, height, signal, context, memory), signal),
  }
}
