import { type Address, type Hex, hexToBytes, isAddress, isHex, parseAbi, zeroAddress } from 'viem'
import * as z from 'zod'
import type { Answer } from '../../rpc/readCalls.js'

/** The contract that names the others. `contracts` returns zero for a name that is not set. */
export const registryAbi = parseAbi([
  'function magic() view returns (uint256)',
  'function contracts(bytes32 name) view returns (address)',
])

export const govAbi = parseAbi([
  'function ballotLength() view returns (uint256)',
  'function voteLength() view returns (uint256)',
  'function getBallotInVoting() view returns (uint256)',
  'function getThreshold() view returns (uint256)',
  'function getMemberLength() view returns (uint256)',
  'function getMember(uint256 idx) view returns (address)',
  'function getVoter(uint256 idx) view returns (address)',
  'function getNode(uint256 idx) view returns (bytes name, bytes enode, bytes ip, uint256 port)',
  'function implementation() view returns (address)',
])

/** The answer of `getBallotBasic` does not begin with an id, unlike the struct in the storage. */
export const ballotAbi = parseAbi([
  'function getBallotBasic(uint256 id) view returns (uint256 startTime, uint256 endTime, uint256 ballotType, address creator, bytes memo, uint256 totalVoters, uint256 powerOfAccepts, uint256 powerOfRejects, uint256 state, bool isFinalized, uint256 duration)',
  'function getBallotMember(uint256 id) view returns (address oldStaker, address newStaker, address newVoter, address newReward, bytes nodeName, bytes nodeId, bytes nodeIp, uint256 nodePort, uint256 lockAmount)',
  'function getBallotAddress(uint256 id) view returns (address newGovernance)',
  'function getBallotVariable(uint256 id) view returns (bytes32 name, uint256 kind, bytes value)',
  'function getBallotForExit(uint256 id) view returns (uint256 unlockAmount, uint256 slashing)',
  'function getVote(uint256 id) view returns (uint256 voteId, uint256 ballotId, address voter, uint256 decision, uint256 power, uint256 time)',
  'function hasAlreadyVoted(uint56 ballotId, address voter) view returns (bool)',
])

export const envAbi = parseAbi([
  'function getBallotDurationMinMax() view returns (uint256, uint256)',
  'function getStakingMinMax() view returns (uint256, uint256)',
  'function getBlockCreationTime() view returns (uint256)',
  'function getBlockRewardAmount() view returns (uint256)',
  'function getMaxPriorityFeePerGas() view returns (uint256)',
  'function getBlockRewardDistributionMethod() view returns (uint256, uint256, uint256, uint256)',
  'function getGasLimitAndBaseFee() view returns (uint256, uint256, uint256)',
  'function getMaxBaseFee() view returns (uint256)',
  'function getBlocksPer() view returns (uint256)',
])

/** The answer of `getBallotBasic`. Times are Unix seconds, powers are shares of 10,000. */
export interface Ballot {
  /** 0 if voting has not started. */
  readonly startTime: bigint
  readonly endTime: bigint
  readonly ballotType: bigint
  readonly creator: Address
  readonly memo: Hex
  /** Number of votes cast so far, not of possible votes. */
  readonly totalVoters: bigint
  readonly accepts: bigint
  readonly rejects: bigint
  readonly state: bigint
  readonly isFinalized: boolean
  /** Requested length of the vote in seconds, before the limits of the chain are applied. */
  readonly duration: bigint
}

/** What a ballot asks for. It never changes. */
export interface Payload {
  readonly member?: MemberChange
  readonly exit?: { readonly unlockAmount: bigint; readonly slashing: bigint }
  readonly newGovernance?: Address
  readonly variable?: Variable
}

export interface MemberChange {
  readonly oldStaker: Address
  readonly newStaker: Address
  readonly newVoter: Address
  readonly newReward: Address
  readonly nodeName: Hex
  readonly nodeIp: Hex
  readonly nodePort: bigint
  /** In the smallest unit. */
  readonly lockAmount: bigint
}

export interface Variable {
  /** Hash of the name. */
  readonly name: Hex
  readonly kind: bigint
  readonly value: Hex
}

/** The answers of the four views of what a ballot asks for; `undefined` if a view failed. */
export interface RawPayload {
  readonly member: unknown
  readonly exit: unknown
  readonly newGovernance: unknown
  readonly variable: unknown
}

const amount = z.bigint().nonnegative()
const address = z.string().refine((text) => isAddress(text))
const bytes = z.string().refine((text) => isHex(text))
// The answer does not begin with an id, although the struct in the storage does.
const basicSchema = z.tuple([
  amount,
  amount,
  amount,
  address,
  bytes,
  amount,
  amount,
  amount,
  amount,
  z.boolean(),
  amount,
])
const memberSchema = z.tuple([address, address, address, address, bytes, bytes, bytes, amount, amount])
const exitSchema = z.tuple([amount, amount])
const variableSchema = z.tuple([bytes, amount, bytes])

/** Decodes a ballot. `none`: no such ballot, which reads as zeros. `undefined`: not an answer of `getBallotBasic`. */
export function decodeBallot(answer: unknown): Ballot | 'none' | undefined {
  const all = basicSchema.safeParse(answer).data
  if (all === undefined) return undefined
  const [startTime, endTime, ballotType, creator, memo, totalVoters, accepts, rejects, state, isFinalized, duration] =
    all
  if (creator === zeroAddress) return 'none'
  return { startTime, endTime, ballotType, creator, memo, totalVoters, accepts, rejects, state, isFinalized, duration }
}

/** Decodes the parts that belong to the type of the ballot; parts that cannot be decoded are left out. */
export function decodePayload(ballotType: bigint, raw: RawPayload): Payload {
  if (ballotType === 4n) {
    const newGovernance = address.safeParse(raw.newGovernance).data
    return newGovernance === undefined ? {} : { newGovernance }
  }
  if (ballotType === 5n) {
    const variable = variableSchema.safeParse(raw.variable).data
    return variable === undefined ? {} : { variable: { name: variable[0], kind: variable[1], value: variable[2] } }
  }
  const member = memberSchema.safeParse(raw.member).data
  const exit = exitSchema.safeParse(raw.exit).data
  return {
    ...(member !== undefined && {
      member: {
        oldStaker: member[0],
        newStaker: member[1],
        newVoter: member[2],
        newReward: member[3],
        nodeName: member[4],
        nodeIp: member[6],
        nodePort: member[7],
        lockAmount: member[8],
      },
    }),
    ...(exit !== undefined && { exit: { unlockAmount: exit[0], slashing: exit[1] } }),
  }
}

/** One vote as `getVote` returns it. */
export interface CastVote {
  readonly voteId: bigint
  readonly ballotId: bigint
  readonly voter: string
  readonly choice: 'yes' | 'no'
  /** Share of 10,000 at the time of the vote. */
  readonly power: bigint
  /** Unix seconds. */
  readonly time: bigint
}

const voteAmount = z.bigint().nonnegative()
const voteSchema = z.tuple([
  voteAmount.positive(),
  voteAmount,
  z.string().refine((voter) => isAddress(voter)),
  z.union([z.literal(1n), z.literal(2n)]),
  voteAmount,
  voteAmount,
])

/** Decodes a vote; returns `undefined` if there is none, in which case the contract reverts or answers zeros. */
export function voteOf(answer: Answer | undefined): CastVote | undefined {
  if (answer?.ok !== true) return undefined
  const parsed = voteSchema.safeParse(answer.value)
  if (!parsed.success) return undefined
  const [voteId, ballotId, voter, decision, power, time] = parsed.data
  return { voteId, ballotId, voter, choice: decision === 1n ? 'yes' : 'no', power, time }
}

const decoder = new TextDecoder('utf-8')

/**
 * Decodes bytes that a member wrote as text. Invalid UTF-8 becomes replacement characters, and NUL, which pads short
 * texts, is removed. The result is not yet safe to show.
 */
export function readText(bytes: Hex): string {
  return decoder.decode(hexToBytes(bytes)).replaceAll('\u0000', '')
}
