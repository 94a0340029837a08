import { numberToHex, type Client } from 'viem'
import { hasMulticall, multicallAddress } from '../../rpc/standingMulticall.js'

/** The chain whose blocks a governor counts. */
export interface ClockOwner {
  readonly isDistant?: true
  readonly clockOf?: string
}

// Accepted difference in blocks, because a few blocks may arrive between two answers of one batch.
const tolerance = 64n

/**
 * Finds out whether a governor uses the clock of this chain or of another one. `mode` is the CLOCK_MODE of the
 * contract, `now` the current time according to the contract or the EVM, `head` the newest block of the node.
 */
export function clockOwnerOf({
  mode,
  now,
  head,
  chainId,
}: {
  readonly mode: string | undefined
  readonly now: bigint | undefined
  readonly head: bigint
  readonly chainId: number | undefined
}): ClockOwner {
  const words = new URLSearchParams(mode)
  if (words.get('mode') === 'timestamp') return {}
  const from = words.get('from') ?? 'default'
  const isNamed = from !== 'default' && from !== `eip155:${chainId}`
  const difference = now === undefined ? 0n : now - head
  const isApart = difference > tolerance || difference < -tolerance
  return isNamed || isApart ? { isDistant: true, ...(isNamed && { clockOf: from }) } : {}
}

// NUMBER, MSTORE at 0, RETURN of 32 bytes: init code whose result is the block number. It is never deployed.
const numberCode = { data: '0x4360005260206000f3' } as const
// getBlockNumber() of the multicall contract, for nodes that do not execute code without a contract.
const numberView = { to: multicallAddress, data: '0x42cbb15c' } as const

/**
 * Reads what contracts see as `block.number`, which on a rollup can be the number of the underlying chain. Returns
 * `undefined` if the node does not execute code without a contract and the chain has no multicall contract.
 */
export async function readEvmNumber(client: Pick<Client, 'request'>, block?: bigint): Promise<bigint | undefined> {
  const ask = async (call: typeof numberCode | typeof numberView): Promise<bigint | undefined> => {
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
  const number = await ask(numberCode)
  if (number !== undefined) return number
  const [isThere, told] = await Promise.all([hasMulticall(client, block), ask(numberView)])
  return isThere ? told : undefined
}
