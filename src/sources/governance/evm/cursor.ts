import * as z from 'zod'
import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import type { Json } from '../../../domain/text/json.js'
import type { Checkpoint } from './checkpoints.js'
import { formatHead, headSchema, parseStored, whole } from '../storedCursor.js'

/** Where the reader stands. It is all that survives a restart, beside the proposals. */
export interface Cursor {
  readonly chainId: number
  /** The contracts whose history was read up to here, in lower case. */
  readonly contracts: readonly string[]
  /** Read up to and including this block. */
  readonly at: Head
  /** The newest block of the node then. */
  readonly head: Head
  /** Older blocks it stood at, oldest first. */
  readonly checkpoints: readonly Checkpoint[]
  /** Blocks one eth_getLogs asks for. */
  readonly window: bigint
  /** The first sync has not caught up with the chain yet. */
  readonly initial: boolean
  /** The last reading was a portion: there is more to read up to the block it was made for. */
  readonly partial: boolean
  /** Blocks read last whose logs the node may have held back: they are read again. */
  readonly unsure?: readonly bigint[]
  /** How many proposals each contract had, by its address in lower case, where they are numbered; and what else is. */
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

// A poll goes on from the very object that the one before gave: what that means is known without reading it.
const formatted = new WeakMap<object, Cursor>()

/** @throws SourceError, permanent, for anything this reader did not write. */
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
 * The history of a contract that was added later was never read, and the cursor is past it.
 *
 * @throws SourceError, permanent, where one of `addresses` is not among the contracts of the cursor.
 */
export function requireSameContracts({ contracts }: Cursor, addresses: readonly string[], chain: string): void {
  const added = addresses.find((address) => !contracts.includes(address.toLowerCase()))
  if (added === undefined) return
  throw new SourceError(
    'permanent',
    `${added} was added to ${chain} after its state was made, so the history of that contract was never read. Give it a chain entry of its own, or start with a new state file.`,
  )
}
