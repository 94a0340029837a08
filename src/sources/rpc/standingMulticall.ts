import { type Client, isHex, keccak256, numberToHex } from 'viem'

/** Address of the multicall contract on most chains, https://www.multicall3.com. */
export const multicallAddress = '0xcA11bde05977b3631167028862bE2a173976CA11'

// Hash of its code, which is the same on all chains.
const codeHash = '0xd5c15df687b16f2ff992fc8d767b4216323184a2bbc6ee2f9c398c318e770891'
const codeBytes = 3_808

/**
 * Whether the multicall contract is deployed at this block. The code is checked, because others know the deployer's
 * key: on some chains a different contract has that address and could answer anything.
 */
export async function hasMulticall(client: Pick<Client, 'request'>, block: bigint | undefined): Promise<boolean> {
  const at = block === undefined ? 'latest' : numberToHex(block)
  const code: unknown = await client
    .request({ method: 'eth_getCode', params: [multicallAddress, at] })
    .catch(() => undefined)
  return typeof code === 'string' && code.length === 2 + 2 * codeBytes && isHex(code) && keccak256(code) === codeHash
}
