import type { BlockTime } from './blockTime.js'
import type { Head } from './head.js'
import { isoOf } from '../text/time.js'

/** Heads that were read before, against which a single block is checked. */
export interface KnownBlocks {
  readonly head: Head
  readonly blockTime: BlockTime
}

// Tolerance in seconds. Clocks of proposers differ by seconds; an hour cannot be explained by a clock.
const slack = 3_600n

/**
 * Explains why a block reported by one node cannot be the block of this height: it has another number, no hash, or a
 * time earlier than a known block below it or later than one above it. Returns one sentence that begins with `who`, or
 * `undefined` if the block is plausible.
 */
export function blockProblem(
  block: Head,
  height: bigint,
  { head, blockTime }: KnownBlocks,
  who = 'A node',
): string | undefined {
  if (block.number !== height) return `${who} gives block ${block.number} for block ${height}.`
  if (!/[1-9a-f]/i.test(block.hash.replace(/^0x/i, ''))) return `${who} gives block ${height} without a hash.`
  const heads = [...blockTime.samples, head]
  const below = heads.findLast(({ number }) => number <= height)
  const above = heads.find(({ number }) => number >= height)
  const isEarly = below !== undefined && block.timestamp < below.timestamp - slack
  const isLate = above !== undefined && block.timestamp > above.timestamp + slack
  return isEarly || isLate
    ? `${who} gives ${isoOf(block.timestamp)} as the time of block ${height}, which does not fit the blocks around it.`
    : undefined
}
