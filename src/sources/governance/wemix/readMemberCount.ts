import type { Address, PublicClient } from 'viem'
import { readCalls } from '../../rpc/readCalls.js'
import { govAbi } from './abi.js'

const most = 1_000n

/** How many members there are; a nonsensical count is cut. */
export async function readMemberCount(client: PublicClient, gov: Address, block: bigint): Promise<bigint> {
  const [answer] = await readCalls(client, [{ address: gov, abi: govAbi, functionName: 'getMemberLength' }], block)
  const length = answer?.ok === true && typeof answer.value === 'bigint' ? answer.value : 0n
  return length > most ? most : length
}
