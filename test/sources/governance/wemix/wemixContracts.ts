import {
  type Address,
  encodeAbiParameters,
  encodeFunctionData,
  parseAbi,
  parseAbiParameters,
  stringToHex,
  zeroAddress,
} from 'viem'
import type { ChainClient } from '../../../../src/localChain/chainClient.js'
import { deploy } from '../../../../src/localChain/deploy.js'
import { transact } from '../../../../src/localChain/transact.js'

const registryAbi = parseAbi(['function setContractDomain(bytes32 name, address addr)'])
/** Seconds. */
export const day = 86_400n

/** The names of the contracts in the registry. */
export type WemixName = 'GovernanceContract' | 'BallotStorage' | 'EnvStorage'

/** The contracts of a WEMIX3.0 governance. */
export interface WemixContracts {
  readonly registry: Address
  readonly gov: Address
  readonly ballots: Address
  readonly env: Address
  /** Changes a contract in the registry. */
  readonly point: (name: WemixName, at: Address) => Promise<void>
  /** A governance that replaces this one, with other members. */
  readonly successor: (members: readonly Address[]) => Promise<Address>
  readonly newBallots: () => Promise<Address>
}

/** Deploys all contracts, and enters them in the registry except those in `without`. */
export async function deployWemixContracts(
  client: ChainClient,
  owner: Address,
  { members, without }: { readonly members: readonly Address[]; readonly without: readonly WemixName[] },
): Promise<WemixContracts> {
  const registry = await deploy(client, owner, 'WemixRegistry')
  const governance = (all: readonly Address[], before: Address): Promise<Address> => {
    const types = parseAbiParameters('address, address[], address[], address')
    return deploy(client, owner, 'WemixGov', encodeAbiParameters(types, [registry, all, all, before]))
  }
  const newBallots = (): Promise<Address> => {
    const types = parseAbiParameters('address, address')
    return deploy(client, owner, 'WemixBallotStorage', encodeAbiParameters(types, [registry, zeroAddress]))
  }
  const durations = encodeAbiParameters(parseAbiParameters('address, uint256, uint256'), [registry, day, 7n * day])
  const point = async (name: WemixName, at: Address): Promise<void> => {
    const args = [stringToHex(name, { size: 32 }), at] as const
    const data = encodeFunctionData({ abi: registryAbi, functionName: 'setContractDomain', args })
    await transact(client, { from: owner, to: registry, data })
  }

  const gov = await governance(members, zeroAddress)
  const ballots = await newBallots()
  const env = await deploy(client, owner, 'WemixEnvStorage', durations)
  if (!without.includes('GovernanceContract')) await point('GovernanceContract', gov)
  if (!without.includes('BallotStorage')) await point('BallotStorage', ballots)
  if (!without.includes('EnvStorage')) await point('EnvStorage', env)
  return { registry, gov, ballots, env, point, newBallots, successor: (all) => governance(all, gov) }
}
