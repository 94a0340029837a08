import * as z from 'zod'
import type { BlockSample } from '../../../domain/blocks/blockTime.js'
import type { Json } from '../../../domain/text/json.js'
import { whole } from '../storedCursor.js'
import { maxLag } from './contradictedHead.js'

/**
 * What servers that tell no height deny of what was read, that it is there or that its vote has ended, and the newest
 * block when that was said first and at every reading since. One that is behind denies what is newer than it.
 */
export type Doubts = ReadonlyMap<string, BlockSample>

// What so many blocks take on most chains. Where they take less, a cache that is as old is more blocks behind. Seconds.
const longestLag = 100n

/** Whether what was denied since that block is so: no server is so far behind that it cannot know better by now. */
export function isProven(since: BlockSample | undefined, { number, timestamp }: BlockSample): boolean {
  return since !== undefined && number - since.number > maxLag && timestamp - since.timestamp > longestLag
}

/** The block since which it is denied, where it is denied now. A chain that fell below it begins anew. */
export function deniedSince(since: BlockSample | undefined, { number, timestamp }: BlockSample): BlockSample {
  return since === undefined || since.number > number || since.timestamp > timestamp ? { number, timestamp } : since
}

/** The doubts after a reading in which these ids were denied. */
export function doubtsAfter(before: Doubts | undefined, denied: readonly string[], head: BlockSample): Doubts {
  return new Map(denied.map((id) => [id, deniedSince(before?.get(id), head)]))
}

/** Ids of which it is so, if this reading denies them too. */
export function provenIn(doubts: Doubts | undefined, head: BlockSample): ReadonlySet<string> {
  return new Set([...(doubts ?? [])].flatMap(([id, since]) => (isProven(since, head) ? [id] : [])))
}

/** Doubts in a cursor. Those of before they had a block and its time are told once more. */
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

/** A block and its time as a cursor holds them. */
export function formatSample({ number, timestamp }: BlockSample): readonly [string, string] {
  return [number.toString(), timestamp.toString()]
}
