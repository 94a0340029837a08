import { z } from 'zod'
import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/head.js'
import type { Json } from '../../../domain/json.js'

/** Where the reader stands. It is all that survives a restart, beside the proposals. */
export interface Cursor {
  /** The newest block read. */
  readonly head: Head
  /** What the chain called itself, where it did. */
  readonly network?: string
}

const whole = z.string().regex(/^[0-9]{1,20}$/).transform((text) => BigInt(text))
const hash = z.string().min(1).max(200)
const schema = z.strictObject({
  v: z.literal(1),
  head: z.strictObject({ number: whole, hash, parentHash: hash, timestamp: whole }),
  network: z.string().exactOptional(),
})

/** @throws SourceError, permanent, for anything this reader did not write. */
export function parseCursor(json: Json, chain: string): Cursor {
  const parsed = schema.safeParse(json)
  if (!parsed.success) {
    throw new SourceError('permanent', `The stored place in the history of ${chain} cannot be read: it is of another version or damaged. Start with a new state file.`)
  }
  const { head, network } = parsed.data
  return { head, ...(network !== undefined && { network }) }
}

export function formatCursor({ head: { number, hash: own, parentHash, timestamp }, network }: Cursor): Json {
  return {
    v: 1,
    head: { number: number.toString(), hash: own, parentHash, timestamp: timestamp.toString() },
    ...(network !== undefined && { network }),
  }
}
