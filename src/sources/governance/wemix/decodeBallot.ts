import { type Address, decodeFunctionResult, type Hex, zeroAddress } from 'viem'
import { ballotAbi } from './abi.js'

/** What `getBallotBasic` tells. Times are Unix seconds, powers shares of 10,000. */
export interface Ballot {
  /** 0 where the voting has not started. */
  readonly startTime: bigint
  readonly endTime: bigint
  readonly ballotType: bigint
  readonly creator: Address
  readonly memo: Hex
  /** Votes cast so far; not how many could be. */
  readonly totalVoters: bigint
  readonly accepts: bigint
  readonly rejects: bigint
  readonly state: bigint
  readonly isFinalized: boolean
  /** Seconds the voting shall take, before the bounds of the chain are applied. */
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

/** The answers of the four views of what a ballot asks for, `undefined` where one failed. */
export interface RawPayload {
  readonly member: Hex | undefined
  readonly exit: Hex | undefined
  readonly newGovernance: Hex | undefined
  readonly variable: Hex | undefined
}

/** `none`: no such ballot, which reads as zeros. `undefined` for what is no answer of `getBallotBasic`. */
export function decodeBallot(data: Hex): Ballot | 'none' | undefined {
  const all = decoded(data, (bytes) => decodeFunctionResult({ abi: ballotAbi, functionName: 'getBallotBasic', data: bytes }))
  if (all === undefined) return undefined
  const [startTime, endTime, ballotType, creator, memo, totalVoters, accepts, rejects, state, isFinalized, duration] = all
  if (creator === zeroAddress) return 'none'
  return { startTime, endTime, ballotType, creator, memo, totalVoters, accepts, rejects, state, isFinalized, duration }
}

/** Only what belongs to the type of the ballot, and of that only what could be decoded. */
export function decodePayload(ballotType: bigint, raw: RawPayload): Payload {
  if (ballotType === 4n) {
    const newGovernance = decoded(raw.newGovernance, (bytes) => decodeFunctionResult({ abi: ballotAbi, functionName: 'getBallotAddress', data: bytes }))
    return newGovernance === undefined ? {} : { newGovernance }
  }
  if (ballotType === 5n) {
    const variable = decoded(raw.variable, (bytes) => decodeFunctionResult({ abi: ballotAbi, functionName: 'getBallotVariable', data: bytes }))
    return variable === undefined ? {} : { variable: { name: variable[0], kind: variable[1], value: variable[2] } }
  }
  const member = decoded(raw.member, (bytes) => decodeFunctionResult({ abi: ballotAbi, functionName: 'getBallotMember', data: bytes }))
  const exit = decoded(raw.exit, (bytes) => decodeFunctionResult({ abi: ballotAbi, functionName: 'getBallotForExit', data: bytes }))
  return {
    ...(member !== undefined && {
      member: {
        oldStaker: member[0], newStaker: member[1], newVoter: member[2], newReward: member[3],
        nodeName: member[4], nodeIp: member[6], nodePort: member[7], lockAmount: member[8],
      },
    }),
    ...(exit !== undefined && { exit: { unlockAmount: exit[0], slashing: exit[1] } }),
  }
}

/** `undefined` where it cannot be decoded: what stands there may be any contract. */
function decoded<T>(data: Hex | undefined, decode: (data: Hex) => T): T | undefined {
  if (data === undefined) return undefined
  try {
    return decode(data)
  } catch {
    return undefined
  }
}
