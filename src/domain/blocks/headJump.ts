import { type BlockTime, secondsPerBlock } from './blockTime.js'
import type { Head } from './head.js'

/** What was known before a head came in. */
export interface KnownHead {
  readonly head?: Head | undefined
  /** Host clock, Unix milliseconds, of the last good reading. */
  readonly lastGoodAt?: number | undefined
  readonly blockTime: BlockTime
}

// Blocks that a head may be ahead of what is expected: the pace of a chain changes, and blocks come in bursts.
const expectedLead = 16n

/**
 * True where a head is further ahead than the block time and the time that has gone on this host allow, or where there
 * is nothing to hold it against. That is a suspicion and no more: test chains jump, and laptops sleep.
 */
export function isHeadJump({ number }: Head, { head, lastGoodAt, blockTime }: KnownHead, hostTime: number): boolean {
  if (head === undefined) return true
  const pace = secondsPerBlock(blockTime) ?? 0
  const seconds = lastGoodAt === undefined ? 0 : Math.max(0, hostTime - lastGoodAt) / 1000
  const due = pace > 0 ? BigInt(Math.ceil((2 * seconds) / pace)) : 0n
  return number - head.number > expectedLead + due
}
