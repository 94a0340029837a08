import { numberToHex, type PublicClient } from 'viem'

// NUMBER, MSTORE at 0, RETURN of 32 bytes: the code of a contract that nobody deploys.
const code = '0x4360005260206000f3'

/**
 * What contracts see as `block.number`, which on a rollup can be that of the chain below. Absent where the node does
 * not carry out code without a contract.
 */
export async function readEvmNumber(
  client: Pick<PublicClient, 'request'>,
  block?: bigint,
): Promise<bigint | undefined> {
  try {
    const answer: unknown = await client.request({
      method: 'eth_call',
      params: [{ data: code }, block === undefined ? 'latest' : numberToHex(block)],
    })
    return typeof answer === 'string' && /^0x[0-9a-f]{64}$/i.test(answer) ? BigInt(answer) : undefined
  } catch {
    return undefined
  }
}
