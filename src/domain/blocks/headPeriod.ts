import type { ChainState } from '../chainState.js'
import { distanceOf } from '../plans/dueAt.js'

// Shortest wait in milliseconds. On a chain with faster blocks, a height is noticed at most one second late.
const shortestMs = 1_000
// The head is polled each second when a height is expected within this time. It leaves room for blocks that come twice
// as fast as before.
const nearMs = 30_000

/**
 * Milliseconds to wait before the next poll of the head. This is the configured interval. If the height of a scheduled
 * upgrade is expected sooner, it is half of the time until then, because the block time is an estimate; within the last
 * half minute it is one second. The upgrade file is therefore not a whole interval late.
 */
export function headPeriod(
  { upgrades, head, blockTime }: Pick<ChainState, 'upgrades' | 'head' | 'blockTime'>,
  intervalMs: number,
): number {
  let period = intervalMs
  if (head === undefined) return period
  for (const upgrade of upgrades.values()) {
    const eta = upgrade.status === 'scheduled' ? distanceOf(upgrade, head, blockTime)?.eta : undefined
    if (eta === undefined) continue
    const leftMs = Number(eta - head.timestamp) * 1000
    period = Math.min(period, leftMs <= nearMs ? shortestMs : leftMs / 2)
  }
  return period
}
