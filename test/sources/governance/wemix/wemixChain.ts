import {
  type Abi,
  type Address,
  encodeAbiParameters,
  encodeFunctionData,
  getAddress,
  type Hex,
  keccak256,
  parseAbi,
  parseAbiParameters,
  parseEther,
  stringToHex,
  toBytes,
  zeroAddress,
} from 'viem'
import type { ChainClient } from '../../../../src/localChain/chainClient.js'
import { deploy } from '../../../../src/localChain/deploy.js'
import { transact } from '../../../../src/localChain/transact.js'
import { type Chain, startChain } from '../../../support/chain.js'

const registryAbi = parseAbi(['function setContractDomain(bytes32 name, address addr)'])
const ballotAbi = parseAbi(['function cancelBallot(uint256 id)', 'function updateBallotMemo(uint256 id, bytes memo)'])
const govAbi = parseAbi([
  'struct MemberInfo { address staker; address voter; address reward; bytes name; bytes enode; bytes ip; uint256 port; uint256 lockAmount; bytes memo; uint256 duration; }',
  'function addProposalToAddMember(MemberInfo info)',
  'function addProposalToRemoveMember(address staker, uint256 lockAmount, bytes memo, uint256 duration, uint256 unlockAmount, uint256 slashing)',
  'function addProposalToChangeMember(MemberInfo info, address oldStaker, uint256 unlockAmount, uint256 slashing)',
  'function addProposalToChangeGov(address newGov, bytes memo, uint256 duration)',
  'function addProposalToChangeEnv(bytes32 name, uint256 kind, bytes value, bytes memo, uint256 duration)',
  'function vote(uint256 id, bool approval)',
  'function finalizeEndedVote()',
  'function ballotLength() view returns (uint256)',
])

export const day = 86_400n

type WemixName = 'GovernanceContract' | 'BallotStorage' | 'EnvStorage'

interface Common {
  /** Which member proposes. @defaultValue 0 */
  readonly by?: number
  /** Text, or bytes as hex. */
  readonly memo?: string
  /** Seconds; the chain keeps it between one and seven days. @defaultValue two days */
  readonly duration?: bigint
}

/** A WEMIX3.0 governance on a local chain, and its people. */
interface Wemix {
  readonly registry: Address
  readonly gov: Address
  readonly ballots: Address
  readonly env: Address
  readonly people: readonly Address[]
  readonly addMember: (
    who: Address,
    options?: Common & { readonly node?: string; readonly voter?: Address },
  ) => Promise<bigint>
  readonly removeMember: (who: Address, options?: Common) => Promise<bigint>
  readonly replaceMember: (
    old: Address,
    next: Address,
    options?: Common & { readonly node?: string },
  ) => Promise<bigint>
  readonly changeGov: (implementation: Address, options?: Common) => Promise<bigint>
  readonly changeEnv: (name: string, words: readonly bigint[], options?: Common) => Promise<bigint>
  /** A String variable of a name that no contract knows. */
  readonly signal: (name: string, text: string, options?: Common) => Promise<bigint>
  readonly vote: (id: bigint, approval: boolean, by: number) => Promise<void>
  readonly cancel: (id: bigint, by?: number, storage?: Address) => Promise<void>
  readonly editMemo: (id: bigint, memo: string, by?: number) => Promise<void>
  readonly finalizeEndedVote: () => Promise<void>
  /** Points the registry elsewhere. */
  readonly point: (name: WemixName, at: Address) => Promise<void>
  /** A governance that takes over from this one, with other members. */
  readonly successor: (members: readonly Address[]) => Promise<Address>
  readonly newBallots: () => Promise<Address>
}

interface WemixOptions {
  /** @defaultValue 3 */
  readonly members?: number
  /** Names that are left unset. */
  readonly without?: readonly WemixName[]
  /** Who deploys everything. */
  readonly deployer?: Address
}

export interface WemixChain extends Chain {
  readonly wemix: (options?: WemixOptions) => Promise<Wemix>
  readonly mine: (seconds?: bigint) => Promise<void>
}

/** A local node as old as those of WEMIX3.0. */
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
  const registry = await deploy(client, owner, 'WemixRegistry')
  const stakers = people.slice(0, members)
  const governance = (all: readonly Address[], before: Address): Promise<Address> =>
    deploy(
      client,
      owner,
      'WemixGov',
      encodeAbiParameters(parseAbiParameters('address, address[], address[], address'), [registry, all, all, before]),
    )
  const newBallots = (): Promise<Address> =>
    deploy(
      client,
      owner,
      'WemixBallotStorage',
      encodeAbiParameters(parseAbiParameters('address, address'), [registry, zeroAddress]),
    )
  const gov = await governance(stakers, zeroAddress)
  const ballots = await newBallots()
  const env = await deploy(
    client,
    owner,
    'WemixEnvStorage',
    encodeAbiParameters(parseAbiParameters('address, uint256, uint256'), [registry, day, 7n * day]),
  )

  const send = async (
    from: Address,
    to: Address,
    abi: Abi,
    functionName: string,
    args: readonly unknown[],
  ): Promise<void> => {
    await transact(client, { from, to, data: encodeFunctionData({ abi, functionName, args }) })
  }
  const point = (name: WemixName, at: Address): Promise<void> =>
    send(owner, registry, registryAbi, 'setContractDomain', [stringToHex(name, { size: 32 }), at])
  for (const [name, at] of [
    ['GovernanceContract', gov],
    ['BallotStorage', ballots],
    ['EnvStorage', env],
  ] as const) {
    if (!without.includes(name)) await point(name, at)
  }
  const person = (index: number): Address => people[index] ?? zeroAddress
  const propose = async (functionName: string, args: readonly unknown[], by = 0): Promise<bigint> => {
    await send(person(by), gov, govAbi, functionName, args)
    return client.readContract({ address: gov, abi: govAbi, functionName: 'ballotLength' })
  }
  const infoOf = (
    staker: Address,
    {
      memo,
      duration,
      node = 'newcomer',
      voter = staker,
    }: Common & { readonly node?: string; readonly voter?: Address },
  ) => ({
    staker,
    voter,
    reward: staker,
    name: stringToHex(node),
    enode: `0x${'ab'.repeat(64)}`,
    ip: stringToHex('10.0.0.9'),
    port: 8589n,
    lockAmount: parseEther('1500000'),
    memo: bytesOf(memo),
    duration: duration ?? 2n * day,
  })
  return {
    registry,
    gov,
    ballots,
    env,
    people,
    point,
    newBallots,
    addMember: (who, options = {}) => propose('addProposalToAddMember', [infoOf(who, options)], options.by),
    removeMember: (who, { by, memo, duration = 2n * day } = {}) =>
      propose(
        'addProposalToRemoveMember',
        [who, parseEther('1500000'), bytesOf(memo), duration, parseEther('1000000'), parseEther('500000')],
        by,
      ),
    replaceMember: (old, next, options = {}) =>
      propose('addProposalToChangeMember', [infoOf(next, options), old, 0n, 0n], options.by),
    changeGov: (at, { by, memo, duration = 2n * day } = {}) =>
      propose('addProposalToChangeGov', [at, bytesOf(memo), duration], by),
    changeEnv: (name, words, { by, memo, duration = 2n * day } = {}) =>
      propose(
        'addProposalToChangeEnv',
        [
          keccak256(toBytes(name)),
          BigInt(words.length + 1),
          encodeAbiParameters(
            words.map(() => ({ type: 'uint256' })),
            words,
          ),
          bytesOf(memo),
          duration,
        ],
        by,
      ),
    signal: (name, text, { by, memo, duration = 2n * day } = {}) =>
      propose('addProposalToChangeEnv', [keccak256(toBytes(name)), 9n, stringToHex(text), bytesOf(memo), duration], by),
    vote: (id, approval, by) => send(person(by), gov, govAbi, 'vote', [id, approval]),
    cancel: (id, by = 0, storage = ballots) => send(person(by), storage, ballotAbi, 'cancelBallot', [id]),
    editMemo: (id, memo, by = 0) => send(person(by), ballots, ballotAbi, 'updateBallotMemo', [id, bytesOf(memo)]),
    finalizeEndedVote: () => send(person(0), gov, govAbi, 'finalizeEndedVote', []),
    successor: (all) => governance(all, gov),
  }
}

function bytesOf(memo = ''): Hex {
  return /^0x([0-9a-f]{2})*$/.test(memo) ? `0x${memo.slice(2)}` : stringToHex(memo)
}
