import { type BlockTime, secondsPerBlock } from './blockTime.js'
import type { Head } from './head.js'

/** What was known before a new head arrived. */
export interface KnownHead {
  readonly head?: Head | undefined
  /** Host clock, Unix milliseconds, of the last good reading. */
  readonly lastGoodAt?: number | undefined
  readonly blockTime: BlockTime
}

// Number of blocks that a head may be ahead of the expected one: blocks come in bursts, and the pace of a chain
// changes.
const expectedLead = 16n

/**
 * Returns true if a head is further ahead than the block time and the time passed on this host allow, or if there is
 * nothing to compare it with. This is only a suspicion: test chains jump, and laptops sleep.
 */
export function isHeadJump(
  { number }: Pick<Head, 'number'>,
  { head, lastGoodAt, blockTime }: KnownHead,
  hostTime: number,
): boolean {
  if (head === undefined) return true
  const pace = secondsPerBlock(blockTime) ?? 0
  const seconds = lastGoodAt === undefined ? 0 : Math.max(0, hostTime - lastGoodAt) / 1000
  const due = pace > 0 ? BigInt(Math.ceil((2 * seconds) / pace)) : 0n
  return number - head.number > expectedLead + due
}
