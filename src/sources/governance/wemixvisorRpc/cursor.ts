import * as z from 'zod'
import type { Head } from '../../../domain/blocks/head.js'
import type { Json } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import type { Checkpoint } from '../cosmosSdk/checkpoints.js'
import { type Doubts, doubtsSchema, formatDoubts } from '../cosmosSdk/doubts.js'
import { formatHead, headSchema, parseStored, whole } from '../storedCursor.js'

/** A plan that another proposal has cancelled. */
export interface CancelledPlan {
  /** The id of the proposal with the plan. */
  readonly id: string
  readonly name: string
  readonly height: number
  /** The id of the proposal that cancelled it. */
  readonly by: string
}

/** The position of the reader. Besides the proposals, only this survives a restart. */
export interface Cursor {
  /** The newest block read. */
  readonly head: Head
  /** Blocks the reader was at, oldest first, if the server reports their hashes. */
  readonly checkpoints: readonly Checkpoint[]
  /** The network name that the chain reported, if it did. */
  readonly network?: string
  /** Proposals that the node did not know at the last reading, or whose vote it reported as still going on. */
  readonly absent: Doubts
  readonly calledOff: readonly CancelledPlan[]
  /** The highest numeric id reported at the last reading of all proposals or since. */
  readonly lastId?: bigint
}

const maxIds = 1_000
const maxCalledOff = 100

const hash = z.string().min(1).max(200)
const schema = z.strictObject({
  v: z.literal(1),
  head: headSchema(hash),
  checkpoints: z
    .array(z.tuple([whole, hash]).transform(([number, own]): Checkpoint => ({ number, hash: own })))
    .max(maxIds)
    .default([]),
  network: z.string().exactOptional(),
  absent: doubtsSchema(z.string().max(200), maxIds),
  calledOff: z
    .array(
      z
        .tuple([z.string(), z.string(), z.number(), z.string()])
        .transform(([id, name, height, by]): CancelledPlan => ({ id, name, height, by })),
    )
    .max(maxCalledOff)
    .default([]),
  lastId: whole.exactOptional(),
})

/** @throws SourceError, permanent, if the value was not written by this reader. */
export function parseCursor(json: Json, chain: string): Cursor {
  const parsed = parseStored(schema, json, chain)
  const { v: _version, ...cursor } = parsed
  return cursor
}

export function formatCursor({ head, checkpoints, network, absent, calledOff, lastId }: Cursor): Json {
  return {
    v: 1,
    head: formatHead(head),
    checkpoints: checkpoints.map((checkpoint) => [checkpoint.number.toString(), checkpoint.hash]),
    ...defined({ network }),
    absent: formatDoubts(absent, maxIds),
    calledOff: calledOff.slice(-maxCalledOff).map(({ id, name, height, by }) => [id, name, height, by]),
    ...(lastId !== undefined && { lastId: lastId.toString() }),
  }
}
