import { z } from 'zod'
import type { Head } from '../../../domain/blocks/head.js'
import { madeHash } from '../cosmosSdk/checkpoints.js'
import { secondsOf, wholeOf } from '../cosmosSdk/scalars.js'

/** Where a CometBFT node stands. */
export interface NodeStatus {
  readonly network: string
  readonly head: Head
  /** The oldest block it still has: with the head it tells the pace of the chain. */
  readonly earliest?: Head
}

const resultSchema = z.object({
  node_info: z.object({ network: z.string().min(1).max(100) }),
  // What is not told must not be asked for: z.unknown() by itself wants the key to be there.
  sync_info: z.object({
    latest_block_hash: z.unknown().optional(),
    latest_block_height: z.unknown().optional(),
    latest_block_time: z.unknown().optional(),
    earliest_block_hash: z.unknown().optional(),
    earliest_block_height: z.unknown().optional(),
    earliest_block_time: z.unknown().optional(),
    catching_up: z.boolean().nullish(),
  }),
})
// Some servers leave out the envelope.
const answerSchema = z.union([z.object({ result: resultSchema }).transform(({ result }) => result), resultSchema])

/** The status in an answer; `undefined` where it is none, as zeros are. */
export function decodeStatus(body: unknown): (NodeStatus & { readonly catchingUp: boolean }) | undefined {
  const parsed = answerSchema.safeParse(body)
  if (!parsed.success) return undefined
  const { node_info, sync_info } = parsed.data
  const head = headOf(sync_info.latest_block_height, sync_info.latest_block_time, sync_info.latest_block_hash)
  if (head === undefined) return undefined
  const earliest = headOf(sync_info.earliest_block_height, sync_info.earliest_block_time, sync_info.earliest_block_hash)
  return {
    network: node_info.network,
    head,
    ...(earliest !== undefined && earliest.number <= head.number && { earliest }),
    catchingUp: sync_info.catching_up ?? false,
  }
}

function headOf(height: unknown, time: unknown, hash: unknown): Head | undefined {
  const number = wholeOf(height)
  const timestamp = secondsOf(time)
  if (number === undefined || number === 0n || number >= 2n ** 63n || timestamp === undefined) return undefined
  // The status does not tell the parent, and CometBFT blocks are final: nothing is compared with it.
  return { number, timestamp, hash: hashOf(hash) ?? madeHash(number), parentHash: '' }
}

/** A block hash in upper case; `undefined` where it is none. */
export function hashOf(hash: unknown): string | undefined {
  return typeof hash === 'string' && /^(?!0{64}$)[0-9A-Fa-f]{64}$/.test(hash) ? hash.toUpperCase() : undefined
}
