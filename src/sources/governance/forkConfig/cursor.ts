import * as z from 'zod'
import type { Head } from '../../../domain/blocks/head.js'
import type { Json } from '../../../domain/text/json.js'
import { formatHead, headSchema, parseStored, whole } from '../storedCursor.js'
import type { Fork } from './decode.js'

/** What a node said last: it holds while the node is silent. */
export interface SaidFork {
  readonly name: string
  readonly current: Fork
  readonly next?: Fork | undefined
  readonly last?: Fork | undefined
  /** The next fork it named before: it counts for a while, until that second of the chain. */
  readonly held?: HeldFork | undefined
}

interface HeldFork extends Fork {
  readonly until: bigint
}

/** Where the reader stands, and what each node said last. */
export interface Cursor {
  readonly head: Head
  readonly said: readonly SaidFork[]
}

// What is beyond is not remembered, so that what is written can always be read.
const mostSaid = 1_000
const longestName = 300

const fork = z.strictObject({ id: z.string().regex(/^0x[0-9a-f]{8}$/), time: whole })
const heldFork = z.strictObject({ ...fork.shape, until: whole })
const schema = z.strictObject({
  v: z.literal(1),
  head: headSchema(z.string().max(100)),
  said: z
    .array(
      z.strictObject({
        name: z.string().max(longestName),
        current: fork,
        next: fork.optional(),
        last: fork.optional(),
        held: heldFork.optional(),
      }),
    )
    .max(mostSaid),
})

/** @throws SourceError, permanent, for anything this reader did not write. */
export function parseCursor(json: Json, chain: string): Cursor {
  const { head, said } = parseStored(schema, json, chain)
  return { head, said }
}

export function formatCursor({ head, said }: Cursor): Json {
  return {
    v: 1,
    head: formatHead(head),
    said: said
      .filter(({ name }) => name.length <= longestName)
      .slice(0, mostSaid)
      .map(({ name, current, next, last, held }) => ({
        name,
        current: formatFork(current),
        ...(next !== undefined && { next: formatFork(next) }),
        ...(last !== undefined && { last: formatFork(last) }),
        ...(held !== undefined && { held: { id: held.id, time: held.time.toString(), until: held.until.toString() } }),
      })),
  }
}

function formatFork({ id, time }: Fork): Json {
  return { id, time: time.toString() }
}
