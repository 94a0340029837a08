import type { Client } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import { readBlock } from '../../readHead.js'
import { checkChainId } from '../../rpc/checkChainId.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { EvmContext, EvmMemory, OpenReading } from './context.js'
import { readTarget } from './target.js'
import { clientUntil } from '../../rpc/clientUntil.js'

/**
 * Reads what must be known of the contracts before any other request. The returned function is called with the head at
 * which that was read.
 */
export type Prepare = (client: Client) => Promise<(head: Head) => void>

/** What the first request of a reading asks for. */
export interface Opening {
  readonly signal: AbortSignal
  readonly prepare: Prepare
  /** The chain id of the cursor. */
  readonly known?: number | undefined
  /** Numbers of blocks that are read too. @defaultValue none */
  readonly wanted?: readonly bigint[] | undefined
}

/**
 * Makes the first request of a reading: the target block of the node, and what is still unknown about the chain and its
 * contracts.
 */
export async function openReading(
  endpoint: EvmEndpoint,
  { signal, prepare, known, wanted = [] }: Opening,
  { chain, chainId, finality }: EvmContext,
  memory: EvmMemory,
): Promise<OpenReading> {
  const client = clientUntil(endpoint.client, signal)
  const { host } = endpoint
  const expected = chainId ?? known ?? memory.chainId
  const isVerified = expected !== undefined && expected === memory.chainId && memory.verified.has(endpoint)
  const [found, target, prepared, blocks] = await allInOrder([
    isVerified ? expected : checkChainId(client, expected, chain, host),
    readTarget(client, finality, host),
    prepare(client),
    // A node that keeps no old blocks only leaves fewer blocks to return to after a reorg.
    Promise.all(wanted.map((number) => readBlock(client, number, host).catch(() => undefined))),
  ])
  memory.verified.add(endpoint)
  memory.chainId = found
  prepared(target.head)
  return {
    node: { chain, host, client, chainId: found },
    target,
    blocks: blocks.filter((block) => block !== undefined),
  }
}

/** Makes the first request of a reading only to see the head. The reading that is given this head continues from it. */
export async function openHead(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  { prepare }: { readonly prepare: Prepare },
  context: EvmContext,
  memory: EvmMemory,
): Promise<Head> {
  const found = await openReading(endpoint, { signal, prepare, wanted: memory.bases }, context, memory)
  memory.opening = { endpoint, head: found.target.head, found }
  return found.target.head
}

/**
 * Reads the block at a height and checks the chain id, in one HTTP request; returns `undefined` if there is no such
 * block.
 */
export async function readHeight(
  endpoint: EvmEndpoint,
  height: bigint,
  signal: AbortSignal,
  { chain, chainId }: EvmContext,
  memory: EvmMemory,
): Promise<Head | undefined> {
  const client = clientUntil(endpoint.client, signal)
  const [found, block] = await Promise.all([
    checkChainId(client, chainId ?? memory.chainId, chain, endpoint.host),
    readBlock(client, height, endpoint.host),
  ])
  memory.chainId ??= found
  return block
}
