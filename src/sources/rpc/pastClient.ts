import { BlockNotFoundError, createClient, custom, numberToHex, type Client } from 'viem'
import { getBlock } from 'viem/actions'
import { SourceError } from '../../domain/errors.js'
import { classifyRpcError } from './errors/classifyRpcError.js'

/**
 * Reads the time of a block, in Unix seconds.
 *
 * @throws SourceError if the node has no such block, or does not answer.
 */
export async function timeOfBlock(client: Client, head: bigint, chain: string): Promise<bigint> {
  try {
    return (await getBlock(client, { blockNumber: head })).timestamp
  } catch (cause) {
    const { message } = classifyRpcError(cause)
    throw new SourceError(
      'transient',
      cause instanceof BlockNotFoundError
        ? `The node of ${chain} has no block ${head}.`
        : `Block ${head} of ${chain} could not be read: ${message}`,
      { cause },
    )
  }
}

const tags: readonly unknown[] = ['latest', 'safe', 'finalized', 'pending']

/** Creates a client that treats a past block as the latest one. The node's version at that time is unknown. */
export function pastClient(client: Client, head: () => bigint): Client {
  return createClient({
    cacheTime: 0,
    transport: custom(
      {
        request: ({ method, params }: { readonly method: string; readonly params?: readonly unknown[] }) => {
          const hex = numberToHex(head())
          if (method === 'eth_blockNumber') return Promise.resolve(hex)
          if (method === 'web3_clientVersion')
            return Promise.reject(new Error('The version at that block is not known.'))
          const pinned = params?.map((param) => (tags.includes(param) ? hex : param))
          return client.transport.request({ method, params: pinned })
        },
      },
      { retryCount: 0 },
    ),
  })
}
