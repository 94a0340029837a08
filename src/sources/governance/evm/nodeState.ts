import { checkChainId } from '../../rpc/checkChainId.js'
import { clientUntil } from '../../rpc/clientUntil.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import { readHead } from '../../readHead.js'
import type { NodeState } from '../GovernanceReader.js'
import type { EvmContext, EvmMemory } from './context.js'

/** Reads the newest block of a node, checks its chain id, and asks whether it is synced, in one HTTP request. */
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
    // Some gateways do not offer the method; the state is unknown then.
    client.request({ method: 'eth_syncing' }).catch((): unknown => undefined),
  ])
  const isSyncing = syncing === false ? false : typeof syncing === 'object' && syncing !== null ? true : undefined
  return { head, ...(isSyncing !== undefined && { isSyncing }) }
}
