import type { Address } from 'viem'
import { readCalls } from '../../rpc/readCalls.js'
import type { Place } from '../evm/Place.js'
import { locate, located } from './locate.js'
import type { WemixContracts } from './WemixContext.js'

/** Where the registry says everything is, at one block. */
export async function readContracts(
  { client, chain }: Place,
  registry: Address,
  block: bigint,
): Promise<WemixContracts> {
  return located(registry, await readCalls(client, locate(registry), block), chain)
}
