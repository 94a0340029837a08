import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { readBlock } from '../../readHead.js'
import type { Cursor } from './cursor.js'
import type { ChainClient } from './context.js'

// Nodes behind one name stand a few blocks apart, whatever the clocks say.
const alwaysApart = 64
// No chain makes more.
const mostPerSecond = 20
// How far the clock of this host may be behind that of the chain.
const clockSkew = 3_600

/**
 * True where a node that is behind the cursor stands on the same chain, as far as it goes. `now` is Unix milliseconds.
 *
 * A node that lacks more blocks than can have come since its newest one does not lag: it is the cursor that stands
 * at a block that was never there, because one answer claimed it.
 */
export async function isLagging(
  { client, host }: ChainClient,
  { at, checkpoints }: Cursor,
  head: Head,
  now: number,
): Promise<boolean> {
  const shared = [...checkpoints, at].filter((checkpoint) => checkpoint.number <= head.number).at(-1)
  // Below everything that was recorded nothing can be compared: such a node is still syncing.
  if (shared === undefined) return true
  const block = await readBlock(client, shared.number, host)
  if (block === undefined)
    throw new SourceError(
      'transient',
      `${host} does not have block ${shared.number}, though it stands at ${head.number}.`,
    )
  if (block.hash !== shared.hash) return false
  const latest = Math.max(now / 1000, Math.min(Number(at.timestamp), now / 1000 + clockSkew))
  const missing = Math.max(0, latest - Number(head.timestamp)) * paceOf(block, head)
  return Number(at.number - head.number) <= alwaysApart + missing
}

/** Blocks a second, generously, between two blocks of the node. */
function paceOf(older: Head, newer: Head): number {
  const seconds = Number(newer.timestamp - older.timestamp)
  const blocks = Number(newer.number - older.number)
  return seconds <= 0 || blocks <= 0 ? mostPerSecond : Math.min(mostPerSecond, (2 * blocks) / seconds)
}
