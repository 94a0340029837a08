import {
  type Address,
  encodeAbiParameters,
  getAddress,
  getContractAddress,
  type Hex,
  parseAbiParameters,
  zeroAddress,
} from 'viem'
import type { ChainClient } from './chainClient.js'
import { deploy } from './deploy.js'

type GovernorVersion = '5' | '4-bravo' | 'bravo'

/** Which governor to deploy. Durations are in the unit of its clock, votes in whole votes. */
export interface GovernorOptions {
  /**
   * '5' is OpenZeppelin 5, '4-bravo' is OpenZeppelin 4.9 with Bravo's interface, 'bravo' is Compound's own.
   * @defaultValue '5'
   */
  readonly version?: GovernorVersion
  /** Only version 5 supports timestamps. @defaultValue 'block' */
  readonly clock?: 'block' | 'timestamp'
  /** '4-bravo' and 'bravo' always have a timelock; its default delay is 0 s. */
  readonly timelock?: { readonly minDelay: number }
  readonly votingDelay: number
  readonly votingPeriod: number
  readonly quorum: bigint
  /**
   * Minimum time between the quorum and the deadline. Only for version 5 without a timelock; the quorum is then a share
   * of the supply.
   */
  readonly lateQuorum?: number
  /** Number of the node's own accounts that hold votes. @defaultValue 5 */
  readonly voters?: number
  /** @defaultValue 100n */
  readonly votesEach?: bigint
  /** Only for 'bravo': the id before the first proposal. @defaultValue 0n */
  readonly initialProposalId?: bigint
}

/** The addresses of a deployment. */
export interface Deployment {
  readonly version: GovernorVersion
  readonly clock: 'block' | 'timestamp'
  readonly governor: Address
  readonly token: Address
  readonly timelock?: Address
  readonly registry: Address
  /** Block in which the governor was deployed. */
  readonly fromBlock: bigint
  /** Accounts with votes; each votes for itself. The first one deployed everything. */
  readonly voters: readonly Address[]
}

/** Deploys a token, a governor, a timelock if asked for, and an upgrade registry on a local node. */
export async function deployGovernor(client: ChainClient, options: GovernorOptions): Promise<Deployment> {
  const { version = '5', clock = 'block', votesEach = 100n } = options
  refuseMisfits(options)
  const accounts = await client.request({ method: 'eth_accounts' })
  const voters = accounts.slice(0, options.voters ?? 5).map((account) => getAddress(account))
  const [deployer] = voters
  if (deployer === undefined) throw new Error('The node has no accounts of its own: start anvil with --accounts.')

  const token =
    version === '5'
      ? await deploy(
          client,
          deployer,
          'Token',
          encodeAbiParameters(parseAbiParameters('bool, address[], uint256'), [
            clock === 'timestamp',
            voters,
            votesEach,
          ]),
        )
      : await deploy(
          client,
          deployer,
          'OldToken',
          encodeAbiParameters(parseAbiParameters('address[], uint256'), [voters, votesEach]),
        )
  const supply = votesEach * BigInt(voters.length)
  const timelock = await deployTimelock(client, deployer, options)
  const governor = await deployGovernorItself(client, deployer, options, { token, supply, timelock })
  const fromBlock = await client.getBlockNumber()
  const registry = await deploy(client, deployer, 'UpgradeRegistry')
  return {
    version,
    clock,
    governor,
    token,
    registry,
    fromBlock,
    voters,
    ...(timelock === undefined ? {} : { timelock }),
  }
}

function refuseMisfits({ version = '5', clock, timelock, lateQuorum }: GovernorOptions): void {
  if (version !== '5' && clock === 'timestamp') throw new Error(`Version ${version} has no timestamp clock.`)
  if (lateQuorum !== undefined && (version !== '5' || timelock !== undefined)) {
    throw new Error('lateQuorum goes with version 5 without a timelock.')
  }
}

async function deployTimelock(
  client: ChainClient,
  deployer: Address,
  { version = '5', timelock }: GovernorOptions,
): Promise<Address | undefined> {
  if (version === '5' && timelock === undefined) return undefined
  const delay = BigInt(timelock?.minDelay ?? 0)
  // The governor is deployed right after its timelock, so its address is known and it owns the timelock from the start.
  const nonce = await client.getTransactionCount({ address: deployer })
  const governor = getContractAddress({ from: deployer, nonce: BigInt(nonce) + 1n })
  if (version === 'bravo') {
    const args = encodeAbiParameters(parseAbiParameters('address, uint256'), [governor, delay])
    return deploy(client, deployer, 'BravoTimelock', args)
  }
  // The zero address as executor lets anybody execute what is ready.
  const args = encodeAbiParameters(parseAbiParameters('uint256, address[], address[], address'), [
    delay,
    [governor],
    [zeroAddress],
    zeroAddress,
  ])
  return deploy(client, deployer, version === '5' ? 'TimelockController' : 'OldTimelockController', args)
}

async function deployGovernorItself(
  client: ChainClient,
  deployer: Address,
  options: GovernorOptions,
  parts: GovernorParts,
): Promise<Address> {
  const { contract, args } = governorContract(options, parts)
  return deploy(client, deployer, contract, args)
}

interface GovernorParts {
  readonly token: Address
  readonly supply: bigint
  readonly timelock: Address | undefined
}

/** Returns the contract that fits the options, and its encoded constructor arguments. */
function governorContract(
  { version = '5', votingDelay, votingPeriod, quorum, lateQuorum, initialProposalId = 0n }: GovernorOptions,
  { token, supply, timelock }: GovernorParts,
): { readonly contract: string; readonly args: Hex } {
  const delay = BigInt(votingDelay)
  const period = BigInt(votingPeriod)
  if (version === '5' && lateQuorum !== undefined) {
    const types = parseAbiParameters('address, uint48, uint32, uint256, uint48')
    const share = (quorum * 1_000_000n) / supply
    const args = encodeAbiParameters(types, [token, votingDelay, votingPeriod, share, lateQuorum])
    return { contract: 'LateQuorumGovernor', args }
  }
  if (timelock === undefined) {
    const types = parseAbiParameters('address, uint256, uint256, uint256')
    return { contract: 'SimpleGovernor', args: encodeAbiParameters(types, [token, delay, period, quorum]) }
  }
  if (version === 'bravo') {
    const types = parseAbiParameters('address, uint256, uint256, uint256, address, uint256')
    const args = encodeAbiParameters(types, [token, delay, period, quorum, timelock, initialProposalId])
    return { contract: 'BravoGovernor', args }
  }
  const types = parseAbiParameters('address, uint256, uint256, uint256, address')
  const args = encodeAbiParameters(types, [token, delay, period, quorum, timelock])
  return { contract: version === '5' ? 'TimelockGovernor' : 'CompatibleGovernor', args }
}
