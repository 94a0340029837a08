import { isAddress } from 'viem'
import { z } from 'zod'
import type { Answer } from '../../rpc/readCalls.js'

/** One vote as `getVote` tells it. */
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

const amount = z.bigint().nonnegative()
const schema = z.tuple([
  amount.positive(),
  amount,
  z.string().refine((voter) => isAddress(voter)),
  z.union([z.literal(1n), z.literal(2n)]),
  amount,
  amount,
])

/** `undefined` where there is no such vote: the contract reverts, or answers zeros. */
export function voteOf(answer: Answer | undefined): CastVote | undefined {
  if (answer?.ok !== true) return undefined
  const parsed = schema.safeParse(answer.value)
  if (!parsed.success) return undefined
  const [voteId, ballotId, voter, decision, power, time] = parsed.data
  return { voteId, ballotId, voter, choice: decision === 1n ? 'yes' : 'no', power, time }
}
