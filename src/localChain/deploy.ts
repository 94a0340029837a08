import { type Address, concat, getAddress, type Hex } from 'viem'
import type { ChainClient } from './chainClient.js'
import { readArtifact } from './readArtifact.js'
import { transact } from './transact.js'

/** Deploys one of our contracts, with its encoded constructor arguments. */
export async function deploy(client: ChainClient, from: Address, name: string, args: Hex = '0x'): Promise<Address> {
  const { bytecode } = await readArtifact(name)
  const { contractAddress } = await transact(client, { from, data: concat([bytecode, args]) })
  if (contractAddress === null || contractAddress === undefined) throw new Error(`The node did not deploy ${name}.`)
  return getAddress(contractAddress)
}
