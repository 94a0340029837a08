import { type Address, getAddress, isAddress, isHex } from 'viem'
import { z } from 'zod'

/** A proposal as `getProposal` tells it. */
export interface Row {
  readonly actionType: `0x${string}`
  readonly memberVersion: bigint
  /** Bit i is set once the seat i of the version has voted, either way. */
  readonly votedBitmap: bigint
  /** Unix seconds. */
  readonly createdAt: bigint
  readonly proposer: Address
  readonly requiredApprovals: bigint
  readonly approved: bigint
  readonly rejected: bigint
  readonly status: number
  readonly callData: `0x${string}`
}

const hex = z.custom<`0x${string}`>((value) => isHex(value))
const count = z
  .number()
  .int()
  .nonnegative()
  .transform((value) => BigInt(value))
const schema = z.object({
  actionType: hex,
  memberVersion: z.bigint(),
  votedBitmap: z.bigint().nonnegative(),
  createdAt: z.bigint(),
  proposer: z
    .custom<Address>((value) => typeof value === 'string' && isAddress(value))
    .transform((value) => getAddress(value)),
  requiredApprovals: count,
  approved: count,
  rejected: count,
  status: z.number(),
  callData: hex,
})

/** True for the row of an id that nobody has used. */
export function isNobodys(value: unknown): boolean {
  return schema.safeParse(value).data?.status === 0
}

/** What `getProposal` answered, or `undefined` where that is no proposal. Status 0 is the one of a proposal nobody made. */
export function readRow(value: unknown): Row | undefined {
  const { data } = schema.safeParse(value)
  return data === undefined || data.status === 0 ? undefined : data
}
