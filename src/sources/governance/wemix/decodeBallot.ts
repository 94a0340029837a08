import { type Address, type Hex, isAddress, isHex, zeroAddress } from 'viem'
import { z } from 'zod'

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

/** What the four views of what a ballot asks for answered; `undefined` where one failed. */
export interface RawPayload {
  readonly member: unknown
  readonly exit: unknown
  readonly newGovernance: unknown
  readonly variable: unknown
}

const amount = z.bigint().nonnegative()
const address = z.string().refine((text) => isAddress(text))
const bytes = z.string().refine((text) => isHex(text))
// The answer has no id in front, though the struct in the storage has.
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

/** `none`: no such ballot, which reads as zeros. `undefined` for what is no answer of `getBallotBasic`. */
export function decodeBallot(answer: unknown): Ballot | 'none' | undefined {
  const all = basicSchema.safeParse(answer).data
  if (all === undefined) return undefined
  const [startTime, endTime, ballotType, creator, memo, totalVoters, accepts, rejects, state, isFinalized, duration] =
    all
  if (creator === zeroAddress) return 'none'
  return { startTime, endTime, ballotType, creator, memo, totalVoters, accepts, rejects, state, isFinalized, duration }
}

/** Only what belongs to the type of the ballot, and of that only what could be decoded. */
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
