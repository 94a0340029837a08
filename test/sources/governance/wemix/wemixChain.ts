import { type Address, getAddress, zeroAddress } from 'viem'
import type { ChainClient } from '../../../../src/localChain/chainClient.js'
import { type Chain, startChain } from '../../../support/chain.js'
import { type WemixActor, wemixActor } from './wemixActor.js'
import { deployWemixContracts, type WemixContracts, type WemixName } from './wemixContracts.js'

/** A WEMIX3.0 governance on a local chain, and its accounts. */
interface Wemix extends WemixContracts, WemixActor {
  readonly people: readonly Address[]
}

interface WemixOptions {
  /** @defaultValue 3 */
  readonly members?: number
  /** Names that are left unset. */
  readonly without?: readonly WemixName[]
  /** The deployer of all contracts. */
  readonly deployer?: Address
}

export interface WemixChain extends Chain {
  readonly wemix: (options?: WemixOptions) => Promise<Wemix>
  readonly mine: (seconds?: bigint) => Promise<void>
}

/** A local node with the rules of WEMIX3.0 nodes. */
export async function startWemixChain(...args: readonly string[]): Promise<WemixChain> {
  const chain = await startChain('--hardfork', 'london', ...args)
  return {
    ...chain,
    wemix: (options) => deployWemix(chain.client, options),
    async mine(seconds = 1n) {
      await chain.client.increaseTime({ seconds: Number(seconds) })
      await chain.client.mine({ blocks: 1 })
    },
  }
}

async function deployWemix(
  client: ChainClient,
  { members = 3, without = [], deployer }: WemixOptions = {},
): Promise<Wemix> {
  const people = (await client.request({ method: 'eth_accounts' })).map((account) => getAddress(account))
  const owner = deployer ?? people.at(-1) ?? zeroAddress
  const contracts = await deployWemixContracts(client, owner, { members: people.slice(0, members), without })
  return { ...contracts, ...wemixActor(client, contracts, people), people }
}
