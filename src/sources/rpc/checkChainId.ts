import { hexToNumber, type Client } from 'viem'
import { SourceError } from '../../domain/errors.js'

/**
 * Requests the chain id of a node and compares it.
 *
 * @returns The chain id of the node, which equals `expected` if that is given.
 * @throws SourceError, permanent, if the node serves another chain.
 */
export async function checkChainId(
  client: Pick<Client, 'request'>,
  expected: number | undefined,
  chain: string,
  host: string,
): Promise<number> {
  const answer: unknown = await client.request({ method: 'eth_chainId' })
  if (typeof answer !== 'string' || !/^0x[0-9a-f]{1,12}$/i.test(answer)) {
    throw new SourceError('transient', `${host} of ${chain} answered with something that is not a chain id.`)
  }
  const found = hexToNumber(`0x${answer.slice(2)}`)
  if (expected !== undefined && found !== expected) {
    throw new SourceError(
      'permanent',
      `${host} of ${chain} is on chain ${found}, expected ${expected}: check rpc.urls and rpc.chainId.`,
    )
  }
  return found
}
