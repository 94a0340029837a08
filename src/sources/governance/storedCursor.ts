import * as z from 'zod'
import type { Head } from '../../domain/blocks/head.js'
import { SourceError } from '../../domain/errors.js'
import type { Json } from '../../domain/text/json.js'

/** A number that JSON stores as decimal text of at most 20 digits. */
export const whole = z
  .string()
  .regex(/^[0-9]{1,20}$/)
  .transform((text) => BigInt(text))

/** The schema of a block as {@link formatHead} stores it. */
export function headSchema(hash: z.ZodType<string>): z.ZodType<Head> {
  return z.strictObject({ number: whole, hash, parentHash: hash, timestamp: whole })
}

export function formatHead({ number, hash, parentHash, timestamp }: Head): Json {
  return { number: number.toString(), hash, parentHash, timestamp: timestamp.toString() }
}

/** @throws SourceError, permanent, if the value was not written with this schema. */
export function parseStored<T>(schema: z.ZodType<T>, json: Json, chain: string): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new SourceError(
    'permanent',
    `The stored position in the history of ${chain} cannot be read: it is of another version or damaged. Start with a new state file.`,
  )
}
