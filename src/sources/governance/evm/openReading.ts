import type { Client } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import { readBlock } from '../../readHead.js'
import { checkChainId } from '../../rpc/checkChainId.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { EvmContext, EvmMemory, OpenReading } from './context.js'
import { readTarget } from './target.js'
import { clientUntil } from '../../rpc/clientUntil.js'

/** Learns what must be known of the contracts before anything else is asked; told at which head it was learned. */
export type Prepare = (client: Client) => Promise<(head: Head) => void>

/** The first request of a reading: where the node stands, and what is not known yet of the chain and its contracts. */
export async function openReading(
  endpoint: EvmEndpoint,
  known: number | undefined,
  signal: AbortSignal,
  prepare: Prepare,
  { chain, chainId, finality }: EvmContext,
  memory: EvmMemory,
  wanted: readonly bigint[] = [],
): Promise<OpenReading> {
  const client = clientUntil(endpoint.client, signal)
  const { host } = endpoint
  const expected = chainId ?? known ?? memory.chainId
  const isVerified = expected !== undefined && expected === memory.chainId && memory.verified.has(endpoint)
  const [found, target, prepared, blocks] = await allInOrder([
    isVerified ? expected : checkChainId(client, expected, chain, host),
    readTarget(client, finality, host),
    prepare(client),
    // Where a node keeps no old blocks, there are fewer to go back to.
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

/** The first request of a reading, to see the head: the reading that is told of it goes on from there. */
export async function openHead(
  endpoint: EvmEndpoint,
  signal: AbortSignal,
  { prepare }: { readonly prepare: Prepare },
  context: EvmContext,
  memory: EvmMemory,
): Promise<Head> {
  const found = await openReading(endpoint, undefined, signal, prepare, context, memory, memory.bases)
  memory.opening = { endpoint, head: found.target.head, found }
  return found.target.head
}

/** The block of a height at a node of the right chain, in one HTTP request; `undefined` where it has none. */
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
