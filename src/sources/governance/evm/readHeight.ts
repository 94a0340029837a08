import { checkChainId } from '../../rpc/checkChainId.js'
import type { Endpoint } from '../../rpc/createEndpoints.js'
import { readBlock } from '../../readHead.js'
import type { Head } from '../../../domain/blocks/head.js'
import type { EvmContext, EvmMemory } from './EvmContext.js'

/** The block of a height at a node of the right chain, in one HTTP request; `undefined` where it has none. */
export async function readHeight(
  endpoint: Endpoint,
  height: bigint,
  signal: AbortSignal,
  { chain, chainId }: EvmContext,
  memory: EvmMemory,
): Promise<Head | undefined> {
  const client = endpoint.client.scope({ signal })
  const [found, block] = await Promise.all([
    checkChainId(client, chainId ?? memory.chainId, chain, endpoint.host),
    readBlock(client, height, endpoint.host),
  ])
  memory.chainId ??= found
  return block
}
