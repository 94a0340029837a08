import * as z from 'zod'
import type { Json } from '../../../domain/text/json.js'
import { whole } from '../storedCursor.js'
import { maxLag } from './contradictedHead.js'

/**
 * What servers that tell no height deny of what was read, that it is there or that its vote has ended, and the block at
 * which that was said first and at every reading since. One that is behind denies what is newer than it.
 */
export type Doubts = ReadonlyMap<string, bigint>

/** Whether what was denied since that block is so: no server is so far behind that it cannot know better by now. */
export function isProven(since: bigint | undefined, head: bigint): boolean {
  return since !== undefined && head - since > maxLag
}

/** The block since which it is denied, where it is denied now. A chain that fell below it begins anew. */
export function deniedSince(since: bigint | undefined, head: bigint): bigint {
  return since === undefined || since > head ? head : since
}

/** The doubts after a reading in which these ids were denied. */
export function doubtsAfter(before: Doubts | undefined, denied: readonly string[], head: bigint): Doubts {
  return new Map(denied.map((id) => [id, deniedSince(before?.get(id), head)]))
}

/** Ids of which it is so, if this reading denies them too. */
export function provenIn(doubts: Doubts | undefined, head: bigint): ReadonlySet<string> {
  return new Set([...(doubts ?? [])].flatMap(([id, since]) => (isProven(since, head) ? [id] : [])))
}

/** Doubts in a cursor. Those of before they had a block are told once more. */
export function doubtsSchema(id: z.ZodString, most: number): z.ZodType<Doubts> {
  return z
    .array(z.union([id, z.tuple([id, whole])]))
    .max(most)
    .default([])
    .transform((all): Doubts => new Map(all.filter((one) => typeof one !== 'string')))
}

export function formatDoubts(doubts: Doubts, most: number): Json {
  return [...doubts].slice(0, most).map(([id, since]) => [id, since.toString()])
}
