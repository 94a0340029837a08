import type { ChainState } from '../chainState.js'
import { distanceOf } from '../plans/dueAt.js'

// Blocks faster than this are met a second late at worst.
const shortestMs = 1_000
// Short enough to be polite, long enough that blocks which come twice as fast as before are met.
const nearMs = 30_000

/**
 * Milliseconds to wait before the next look at the head: the configured interval; where the height of a scheduled
 * upgrade is expected sooner, half of the time until then, for a block time is an estimate; and a second where it is
 * expected within half a minute. So the file is not an interval late.
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
