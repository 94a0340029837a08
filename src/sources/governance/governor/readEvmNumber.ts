import { numberToHex, type PublicClient } from 'viem'
import { multicallAddress } from '../../rpc/multicallAddress.js'

// NUMBER, MSTORE at 0, RETURN of 32 bytes: the code of a contract that nobody deploys.
const code = { data: '0x4360005260206000f3' } as const
// getBlockNumber() of the multicall contract, where a node carries out no code without a contract.
const view = { to: multicallAddress, data: '0x42cbb15c' } as const

/**
 * What contracts see as `block.number`, which on a rollup can be that of the chain below. Absent where the node does
 * not carry out code without a contract, and the chain has no multicall contract either.
 */
export async function readEvmNumber(
  client: Pick<PublicClient, 'request'>,
  block?: bigint,
): Promise<bigint | undefined> {
  const ask = async (call: typeof code | typeof view): Promise<bigint | undefined> => {
    try {
      const answer: unknown = await client.request({
        method: 'eth_call',
        params: [call, block === undefined ? 'latest' : numberToHex(block)],
      })
      return typeof answer === 'string' && /^0x[0-9a-f]{64}$/i.test(answer) ? BigInt(answer) : undefined
    } catch {
      return undefined
    }
  }
  return (await ask(code)) ?? ask(view)
}
