import { z } from 'zod'
import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/head.js'
import type { Json } from '../../../domain/json.js'

/** A plan that passed and is not settled yet: `contract` and `id` are those of its proposal. */
export interface PendingPlan {
  readonly contract: string
  readonly id: string
  readonly name: string
  readonly height: number
}

/** Where the reader stands. It is all that survives a restart, beside the proposals. */
export interface Cursor {
  readonly chainId: string
  readonly head: Head
  /** Height of the newest state that was read, where the servers tell it. */
  readonly state: bigint
  /** Newest proposal id seen. */
  readonly lastId: bigint
  /** Where the first sync goes on; absent once it has read the whole list. */
  readonly next?: string
  /** When the deposit of a proposal must be there, by id: who misses it is deleted. Unix seconds. */
  readonly deposits: ReadonlyMap<string, bigint>
  readonly pending: readonly PendingPlan[]
}

/** Bounds of what the cursor may hold. */
const maxDeposits = 1_000
const maxPending = 100

const whole = z.string().regex(/^[0-9]{1,20}$/).transform((text) => BigInt(text))
const schema = z.strictObject({
  v: z.literal(1),
  chainId: z.string().min(1).max(100),
  head: z.strictObject({ number: whole, hash: z.string().max(100), parentHash: z.string().max(100), timestamp: whole }),
  state: whole,
  lastId: whole,
  next: z.string().max(256).exactOptional(),
  deposits: z.array(z.tuple([z.string().regex(/^[0-9]{1,20}$/), whole])).max(maxDeposits),
  pending: z.array(z.tuple([z.string(), z.string(), z.string(), z.number()])).max(maxPending),
})

/** @throws SourceError, permanent, for anything this reader did not write. */
export function parseCursor(json: Json, chain: string): Cursor {
  const parsed = schema.safeParse(json)
  if (!parsed.success) {
    throw new SourceError('permanent', `The stored place in the history of ${chain} cannot be read: it is of another version or damaged. Start with a new state file.`)
  }
  const { v: _version, deposits, pending, ...cursor } = parsed.data
  return { ...cursor, deposits: new Map(deposits), pending: pending.map(([contract, id, name, height]) => ({ contract, id, name, height })) }
}

export function formatCursor({ chainId, head, state, lastId, next, deposits, pending }: Cursor): Json {
  return {
    v: 1,
    chainId,
    head: { number: head.number.toString(), hash: head.hash, parentHash: head.parentHash, timestamp: head.timestamp.toString() },
    state: state.toString(),
    lastId: lastId.toString(),
    ...(next !== undefined && { next }),
    deposits: [...deposits].slice(-maxDeposits).map(([id, end]) => [id, end.toString()]),
    pending: pending.slice(-maxPending).map(({ contract, id, name, height }) => [contract, id, name, height]),
  }
}
