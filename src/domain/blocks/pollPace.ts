import { etaOf } from './blockTime.js'
import type { ChainState } from '../chainState.js'

// Blocks faster than this are met a second late at worst.
const shortestMs = 1_000

/**
 * Milliseconds to wait before the next poll: the configured interval, or less where the height of a scheduled
 * upgrade is expected sooner, so that its file is not an interval late.
 */
export function pollPace(
  { upgrades, head, blockTime }: Pick<ChainState, 'upgrades' | 'head' | 'blockTime'>,
  intervalMs: number,
): number {
  let pace = intervalMs
  if (head === undefined) return pace
  for (const { status, height } of upgrades.values()) {
    if (status !== 'scheduled' || BigInt(height) <= head.number) continue
    const eta = etaOf(BigInt(height), head, blockTime)
    if (eta !== undefined) pace = Math.min(pace, Math.max(shortestMs, Number(eta - head.timestamp) * 1000))
  }
  return pace
}
