import { checkChainId } from '../../rpc/checkChainId.js'
import { clientUntil } from '../../rpc/clientUntil.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import { readHead } from '../../readHead.js'
import type { NodeState } from '../GovernanceReader.js'
import type { EvmContext, EvmMemory } from './context.js'

/** The newest block of a node of the right chain, and whether it says that it is synced, in one HTTP request. */
export async function readNodeState(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  { chain, chainId }: Pick<EvmContext, 'chain' | 'chainId'>,
  memory: Pick<EvmMemory, 'chainId'>,
): Promise<NodeState> {
  const client = clientUntil(endpoint.client, signal)
  const [, head, syncing] = await Promise.all([
    checkChainId(client, chainId ?? memory.chainId, chain, endpoint.host),
    readHead(client, 'latest', endpoint.host),
    // Gateways leave the method out: then nobody knows.
    client.request({ method: 'eth_syncing' }).catch((): unknown => undefined),
  ])
  const isSyncing = syncing === false ? false : typeof syncing === 'object' && syncing !== null ? true : undefined
  return { head, ...(isSyncing !== undefined && { isSyncing }) }
}
