import * as z from 'zod'
import type { Head } from '../../../domain/blocks/head.js'
import type { Json } from '../../../domain/text/json.js'
import type { Checkpoint } from '../cosmosSdk/checkpoints.js'
import { formatHead, headSchema, parseStored, whole } from '../storedCursor.js'

/** Where the reader stands. It is all that survives a restart, beside the proposals. */
export interface Cursor {
  readonly chainId: string
  readonly head: Head
  /** Heads it stood at before, oldest first. */
  readonly checkpoints: readonly Checkpoint[]
  /** The oldest block a node was seen to have: of a chain that begins anew it is another one. */
  readonly first?: Checkpoint
  /** Height of the newest state that was read, where the servers tell it. */
  readonly state: bigint
}

const checkpoint = z.tuple([whole, z.string().max(100)]).transform(([number, hash]): Checkpoint => ({ number, hash }))
const schema = z.strictObject({
  v: z.literal(1),
  chainId: z.string().min(1).max(100),
  head: headSchema(z.string().max(100)),
  checkpoints: z.array(checkpoint).max(100),
  first: checkpoint.exactOptional(),
  state: whole,
})

/** @throws SourceError, permanent, for anything this reader did not write. */
export function parseCursor(json: Json, chain: string): Cursor {
  const { v: _version, ...cursor } = parseStored(schema, json, chain)
  return cursor
}

export function formatCursor({ chainId, head, checkpoints, first, state }: Cursor): Json {
  return {
    v: 1,
    chainId,
    head: formatHead(head),
    checkpoints: checkpoints.map(({ number, hash }) => [number.toString(), hash]),
    ...(first !== undefined && { first: [first.number.toString(), first.hash] }),
    state: state.toString(),
  }
}
