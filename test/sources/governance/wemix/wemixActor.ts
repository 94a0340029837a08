import {
  type Abi,
  type Address,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseAbi,
  parseEther,
  stringToHex,
  toBytes,
  zeroAddress,
} from 'viem'
import type { ChainClient } from '../../../../src/localChain/chainClient.js'
import { transact } from '../../../../src/localChain/transact.js'
import { day, type WemixContracts } from './wemixContracts.js'

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

interface Common {
  /** Which member proposes. @defaultValue 0 */
  readonly by?: number
  /** Text, or bytes as hex. */
  readonly memo?: string
  /** Seconds; the chain keeps it between one and seven days. @defaultValue two days */
  readonly duration?: bigint
}

/** The actions of the members of a WEMIX3.0 governance; proposals return the id of their ballot. */
export interface WemixActor {
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
}

/** Lets accounts act; `by` is an index into them. */
export function wemixActor(
  client: ChainClient,
  { gov, ballots }: Pick<WemixContracts, 'gov' | 'ballots'>,
  people: readonly Address[],
): WemixActor {
  const send = async (
    by: number,
    to: Address,
    abi: Abi,
    functionName: string,
    args: readonly unknown[],
  ): Promise<void> => {
    const from = people[by] ?? zeroAddress
    await transact(client, { from, to, data: encodeFunctionData({ abi, functionName, args }) })
  }
  const propose = async (functionName: string, args: readonly unknown[], by = 0): Promise<bigint> => {
    await send(by, gov, govAbi, functionName, args)
    return client.readContract({ address: gov, abi: govAbi, functionName: 'ballotLength' })
  }
  return {
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
    vote: (id, approval, by) => send(by, gov, govAbi, 'vote', [id, approval]),
    cancel: (id, by = 0, storage = ballots) => send(by, storage, ballotAbi, 'cancelBallot', [id]),
    editMemo: (id, memo, by = 0) => send(by, ballots, ballotAbi, 'updateBallotMemo', [id, bytesOf(memo)]),
    finalizeEndedVote: () => send(0, gov, govAbi, 'finalizeEndedVote', []),
  }
}

function infoOf(
  staker: Address,
  { memo, duration, node = 'newcomer', voter = staker }: Common & { readonly node?: string; readonly voter?: Address },
) {
  return {
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
  }
}

function bytesOf(memo = ''): Hex {
  return /^0x([0-9a-f]{2})*$/.test(memo) ? `0x${memo.slice(2)}` : stringToHex(memo)
}
