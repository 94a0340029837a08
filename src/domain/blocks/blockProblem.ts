import type { BlockTime } from './blockTime.js'
import type { Head } from './head.js'
import { isoOf } from '../text/time.js'

/** Heads that were read before: what a single block is held against. */
export interface KnownBlocks {
  readonly head: Head
  readonly blockTime: BlockTime
}

// Clocks of proposers differ by seconds; an hour is no clock's fault.
const slack = 3_600n

/**
 * Why a block that a node tells by itself cannot be the one of this height: another number, no hash, or a time before
 * that of a block below it or after that of one above it. One sentence that begins with `who`, or nothing where it can.
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
