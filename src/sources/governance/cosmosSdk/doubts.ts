import * as z from 'zod'
import type { BlockSample } from '../../../domain/blocks/blockTime.js'
import type { Json } from '../../../domain/text/json.js'
import { whole } from '../storedCursor.js'
import { maxLag } from './contradictedHead.js'

/**
 * What servers that report no height deny: that a proposal exists, or that its vote has ended. The value is the newest
 * block when the denial began; it has been repeated at every reading since. A server that is behind denies what is
 * newer than its block.
 */
export type Doubts = ReadonlyMap<string, BlockSample>

// Minimum duration of a denial, in seconds. On most chains `maxLag` blocks take that long; on faster chains an old
// cache is more blocks behind.
const longestLag = 100n

/** Whether a denial since that block is proven, because no server lags so far behind. */
export function isProven(since: BlockSample | undefined, { number, timestamp }: BlockSample): boolean {
  return since !== undefined && number - since.number > maxLag && timestamp - since.timestamp > longestLag
}

/**
 * The block since which something is denied, if it is denied now. It starts again if the chain fell below that block.
 */
export function deniedSince(since: BlockSample | undefined, { number, timestamp }: BlockSample): BlockSample {
  return since === undefined || since.number > number || since.timestamp > timestamp ? { number, timestamp } : since
}

/** The doubts after a reading in which these ids were denied. */
export function doubtsAfter(before: Doubts | undefined, denied: readonly string[], head: BlockSample): Doubts {
  return new Map(denied.map((id) => [id, deniedSince(before?.get(id), head)]))
}

/** Ids whose denial is proven if this reading repeats it. */
export function provenIn(doubts: Doubts | undefined, head: BlockSample): ReadonlySet<string> {
  return new Set([...(doubts ?? [])].flatMap(([id, since]) => (isProven(since, head) ? [id] : [])))
}

/** The schema of doubts in a cursor. Entries of older versions without block and time are dropped. */
export function doubtsSchema(id: z.ZodString, most: number): z.ZodType<Doubts> {
  return z
    .array(z.union([id, z.tuple([id, whole]), z.tuple([id, whole, whole])]))
    .max(most)
    .default([])
    .transform((all): Doubts => new Map(all.flatMap(doubtIn)))
}

function doubtIn(written: string | readonly [string, bigint] | readonly [string, bigint, bigint]) {
  if (typeof written === 'string') return []
  const [id, number, timestamp] = written
  return timestamp === undefined ? [] : [[id, { number, timestamp }] as const]
}

export function formatDoubts(doubts: Doubts, most: number): Json {
  return [...doubts].slice(0, most).map(([id, since]) => [id, ...formatSample(since)])
}

/** A block and its time as a cursor stores them. */
export function formatSample({ number, timestamp }: BlockSample): readonly [string, string] {
  return [number.toString(), timestamp.toString()]
}
