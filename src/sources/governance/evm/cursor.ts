import * as z from 'zod'
import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import type { Json } from '../../../domain/text/json.js'
import type { Checkpoint } from './checkpoints.js'
import { formatHead, headSchema, parseStored, whole } from '../storedCursor.js'

/** The position of the reader. Besides the proposals, only this survives a restart. */
export interface Cursor {
  readonly chainId: number
  /** The contracts whose history was read up to here, in lower case. */
  readonly contracts: readonly string[]
  /** The last block that was read. */
  readonly at: Head
  /** The newest block of the node at that time. */
  readonly head: Head
  /** Older blocks the reader was at, oldest first. */
  readonly checkpoints: readonly Checkpoint[]
  /** Number of blocks in one eth_getLogs request. */
  readonly window: bigint
  /** True until the first sync has caught up with the chain. */
  readonly initial: boolean
  /** True if the last reading was a portion, so that more blocks up to its target remain. */
  readonly partial: boolean
  /** The latest blocks whose logs the node may have left out; they are read again. */
  readonly unsure?: readonly bigint[]
  /** Number of proposals of each contract (by address in lower case) that numbers them, and other counts. */
  readonly counts?: Readonly<Record<string, bigint>>
}

const hash = z.string().regex(/^0x[0-9a-f]{64}$/)
const head = headSchema(hash)
const schema = z.strictObject({
  v: z.literal(1),
  chainId: z.number().int().positive(),
  contracts: z.array(z.string()),
  at: head,
  head,
  checkpoints: z.array(z.tuple([whole, hash])).max(64),
  window: whole.refine((size) => size > 0n),
  initial: z.boolean(),
  partial: z.boolean(),
  unsure: z.exactOptional(z.array(whole).max(8)),
  counts: z.exactOptional(z.record(z.string(), whole)),
})

// Cursors by their JSON object. A poll gets the same object that the last one returned, so it need not be parsed.
const formatted = new WeakMap<object, Cursor>()

/** @throws SourceError, permanent, if the value was not written by this reader. */
export function parseCursor(json: Json, chain: string): Cursor {
  const known = typeof json === 'object' && json !== null ? formatted.get(json) : undefined
  if (known !== undefined) return known
  const parsed = parseStored(schema, json, chain)
  const { v: _version, checkpoints, ...cursor } = parsed
  return { ...cursor, checkpoints: checkpoints.map(([number, blockHash]) => ({ number, hash: blockHash })) }
}

export function formatCursor(cursor: Cursor): Json {
  const { chainId, contracts, at, head, checkpoints, window, initial, partial, unsure, counts } = cursor
  const json = {
    v: 1,
    chainId,
    contracts,
    at: formatHead(at),
    head: formatHead(head),
    checkpoints: checkpoints.map(({ number, hash }) => [number.toString(), hash]),
    window: window.toString(),
    initial,
    partial,
    ...(unsure !== undefined && unsure.length > 0 && { unsure: unsure.map((number) => number.toString()) }),
    ...(counts !== undefined && {
      counts: Object.fromEntries(Object.entries(counts).map(([contract, count]) => [contract, count.toString()])),
    }),
  }
  formatted.set(json, cursor)
  return json
}

/**
 * Refuses contracts that were added later, because the cursor is already past their history.
 *
 * @throws SourceError, permanent, if one of `addresses` is not among the contracts of the cursor.
 */
export function requireSameContracts({ contracts }: Cursor, addresses: readonly string[], chain: string): void {
  const added = addresses.find((address) => !contracts.includes(address.toLowerCase()))
  if (added === undefined) return
  throw new SourceError(
    'permanent',
    `${added} was added to ${chain} after its state was made, so the history of that contract was never read. Give it a chain entry of its own, or start with a new state file.`,
  )
}
