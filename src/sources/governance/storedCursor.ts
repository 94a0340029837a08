import * as z from 'zod'
import type { Head } from '../../domain/blocks/head.js'
import { SourceError } from '../../domain/errors.js'
import type { Json } from '../../domain/text/json.js'

/** A number that JSON keeps as decimal text, of at most 20 digits. */
export const whole = z
  .string()
  .regex(/^[0-9]{1,20}$/)
  .transform((text) => BigInt(text))

/** A block as {@link formatHead} keeps it. */
export function headSchema(hash: z.ZodType<string>): z.ZodType<Head> {
  return z.strictObject({ number: whole, hash, parentHash: hash, timestamp: whole })
}

export function formatHead({ number, hash, parentHash, timestamp }: Head): Json {
  return { number: number.toString(), hash, parentHash, timestamp: timestamp.toString() }
}

/** @throws SourceError, permanent, for anything that the reader of this schema did not write. */
export function parseStored<T>(schema: z.ZodType<T>, json: Json, chain: string): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new SourceError(
    'permanent',
    `The stored place in the history of ${chain} cannot be read: it is of another version or damaged. Start with a new state file.`,
  )
}
