import { z } from 'zod'
import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/head.js'
import type { Json } from '../../../domain/json.js'
import type { Checkpoint } from './checkpoints.js'

/** Where the reader stands. It is all that survives a restart, beside the proposals. */
export interface Cursor {
  readonly chainId: number
  /** Read up to and including this block. */
  readonly at: Head
  /** The newest block of the node then. */
  readonly head: Head
  /** Older blocks it stood at, oldest first. */
  readonly checkpoints: readonly Checkpoint[]
  /** Blocks one eth_getLogs asks for. */
  readonly window: bigint
  /** The first sync has not caught up with the chain yet. */
  readonly initial: boolean
}

const whole = z.string().regex(/^[0-9]{1,20}$/).transform((text) => BigInt(text))
const hash = z.string().regex(/^0x[0-9a-f]{64}$/)
const head = z.strictObject({ number: whole, hash, parentHash: hash, timestamp: whole })
const schema = z.strictObject({
  v: z.literal(1),
  chainId: z.number().int().positive(),
  at: head,
  head,
  checkpoints: z.array(z.tuple([whole, hash])).max(64),
  window: whole.refine((size) => size > 0n),
  initial: z.boolean(),
})

/** @throws SourceError, permanent, for anything this reader did not write. */
export function parseCursor(json: Json, chain: string): Cursor {
  const parsed = schema.safeParse(json)
  if (!parsed.success) {
    throw new SourceError('permanent', `The stored place in the history of ${chain} cannot be read: it is of another version or damaged. Start with a new state file.`)
  }
  const { v: _version, checkpoints, ...cursor } = parsed.data
  return { ...cursor, checkpoints: checkpoints.map(([number, blockHash]) => ({ number, hash: blockHash })) }
}

export function formatCursor({ chainId, at, head, checkpoints, window, initial }: Cursor): Json {
  return {
    v: 1,
    chainId,
    at: formatHead(at),
    head: formatHead(head),
    checkpoints: checkpoints.map(({ number, hash }) => [number.toString(), hash]),
    window: window.toString(),
    initial,
  }
}

function formatHead({ number, hash, parentHash, timestamp }: Head): Json {
  return { number: number.toString(), hash, parentHash, timestamp: timestamp.toString() }
}
