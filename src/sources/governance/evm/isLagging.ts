import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { readBlock } from '../../readHead.js'
import type { Cursor } from './cursor.js'
import type { ChainClient } from './context.js'

// Accepted lag in blocks, whatever the clocks say: nodes behind one host name are a few blocks apart.
const alwaysApart = 64
// Maximum block rate, in blocks per second. No chain produces more.
const mostPerSecond = 20
// How far the clock of this host may be behind the chain, in seconds.
const clockSkew = 3_600

/**
 * True if a node behind the cursor is on the same chain, as far as it has blocks. `now` is Unix milliseconds.
 *
 * A node that lacks more blocks than the chain can have produced since the node's newest block does not lag. In that
 * case the cursor is at a block that never existed, because one answer claimed it.
 */
export async function isLagging(
  { client, host }: ChainClient,
  { at, checkpoints }: Cursor,
  head: Head,
  now: number,
): Promise<boolean> {
  const shared = [...checkpoints, at].filter((checkpoint) => checkpoint.number <= head.number).at(-1)
  // Nothing recorded is low enough to compare with, so the node counts as still syncing.
  if (shared === undefined) return true
  const block = await readBlock(client, shared.number, host)
  if (block === undefined)
    throw new SourceError(
      'transient',
      `${host} does not have block ${shared.number}, although it is at ${head.number}.`,
    )
  if (block.hash !== shared.hash) return false
  const latest = Math.max(now / 1000, Math.min(Number(at.timestamp), now / 1000 + clockSkew))
  const missing = Math.max(0, latest - Number(head.timestamp)) * paceOf(block, head)
  return Number(at.number - head.number) <= alwaysApart + missing
}

/** An upper estimate of the block rate, in blocks per second, between two blocks of the node. */
function paceOf(older: Head, newer: Head): number {
  const seconds = Number(newer.timestamp - older.timestamp)
  const blocks = Number(newer.number - older.number)
  return seconds <= 0 || blocks <= 0 ? mostPerSecond : Math.min(mostPerSecond, (2 * blocks) / seconds)
}
