import { hexToNumber, type Client } from 'viem'
import { SourceError } from '../../domain/errors.js'

/**
 * Asks a node for its chain id and compares it.
 *
 * @returns The id: `expected` where one is given.
 * @throws SourceError, permanent, where the node stands on another chain.
 */
export async function checkChainId(
  client: Pick<Client, 'request'>,
  expected: number | undefined,
  chain: string,
  host: string,
): Promise<number> {
  const answer: unknown = await client.request({ method: 'eth_chainId' })
  if (typeof answer !== 'string' || !/^0x[0-9a-f]{1,12}$/i.test(answer)) {
    throw new SourceError('transient', `${host} of ${chain} answered with something that is no chain id.`)
  }
  const found = hexToNumber(`0x${answer.slice(2)}`)
  if (expected !== undefined && found !== expected) {
    throw new SourceError(
      'permanent',
      `${host} of ${chain} stands on chain ${found}, expected ${expected}: check rpc.urls and rpc.chainId.`,
    )
  }
  return found
}
