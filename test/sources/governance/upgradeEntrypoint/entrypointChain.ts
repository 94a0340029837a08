import { type Abi, type Address, encodeFunctionData } from 'viem'
import { deploy } from '../../../../src/localChain/deploy.js'
import { readArtifact } from '../../../../src/localChain/readArtifact.js'
import { transact } from '../../../../src/localChain/transact.js'
import { createReader } from '../../../../src/sources/createReader.js'
import type { EntrypointReaderOptions } from '../../../../src/sources/governance/upgradeEntrypoint/context.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import type { Chain } from '../../../support/chain.js'
import { type Follower, followReader } from '../../../support/followReader.js'
import { readsLocal } from '../evm/readerGiven.js'

/** A contract that announces upgrades, as its owner uses it. Each call returns the block in which it was mined. */
export interface Entrypoint {
  readonly address: Address
  /** As on Story. */
  readonly announce: (name: string, height: number | bigint, info?: string) => Promise<bigint>
  /** As on Omni. */
  readonly planUpgrade: (name: string, height: number | bigint, info?: string) => Promise<bigint>
  readonly cancel: () => Promise<bigint>
  /** Cancels and announces in one transaction. */
  readonly replace: (name: string, height: number | bigint, info?: string) => Promise<bigint>
  /** Emits an unrelated event with the same arguments. */
  readonly unrelated: (name: string, height: number | bigint) => Promise<bigint>
}

export async function deployEntrypoint({ client }: Pick<Chain, 'client'>): Promise<Entrypoint> {
  const [owner] = await client.request({ method: 'eth_accounts' })
  const { abi }: { readonly abi: Abi } = await readArtifact('UpgradeEntrypoint')
  const address = await deploy(client, owner!, 'UpgradeEntrypoint')
  const call = async (functionName: string, ...args: readonly unknown[]): Promise<bigint> => {
    const data = encodeFunctionData({ abi, functionName, args })
    return (await transact(client, { from: owner!, to: address, data })).blockNumber
  }
  return {
    address,
    announce: (name, height, info = '') => call('planUpgrade', name, BigInt(height), info),
    planUpgrade: (name, height, info = '') => call('planUpgrade', { name, height: BigInt(height), info }),
    cancel: () => call('cancelUpgrade'),
    replace: (name, height, info = '') => call('replaceUpgrade', name, BigInt(height), info),
    unrelated: (name, height) => call('unrelated', name, BigInt(height), ''),
  }
}

/** A reader of such contracts on the chain `local`, as the monitor would create it. */
export function readerOf(
  url: string,
  contracts: readonly Pick<Entrypoint, 'address'>[],
  options: Partial<EntrypointReaderOptions> = {},
): GovernanceReader {
  return createReader({
    system: 'upgrade-entrypoint',
    ...readsLocal([url]),
    addresses: contracts.map(({ address }) => address),
    ...options,
  })
}

/** Follows such contracts as the monitor does. */
export function followEntrypoint(url: string, ...contracts: readonly Pick<Entrypoint, 'address'>[]): Follower {
  return followReader(readerOf(url, contracts))
}
