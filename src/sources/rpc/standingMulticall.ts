import { type Client, isHex, keccak256, numberToHex } from 'viem'

/** Where the multicall contract stands on most chains, https://www.multicall3.com. */
export const multicallAddress = '0xcA11bde05977b3631167028862bE2a173976CA11'

// Of its code, which is the same on all chains.
const codeHash = '0xd5c15df687b16f2ff992fc8d767b4216323184a2bbc6ee2f9c398c318e770891'
const codeBytes = 3_808

/**
 * Whether the multicall contract stands there at this block. Its deployer's key is known to others: on some chains
 * another contract has that address, which could answer whatever it likes.
 */
export async function hasMulticall(client: Pick<Client, 'request'>, block: bigint | undefined): Promise<boolean> {
  const at = block === undefined ? 'latest' : numberToHex(block)
  const code: unknown = await client
    .request({ method: 'eth_getCode', params: [multicallAddress, at] })
    .catch(() => undefined)
  return typeof code === 'string' && code.length === 2 + 2 * codeBytes && isHex(code) && keccak256(code) === codeHash
}
