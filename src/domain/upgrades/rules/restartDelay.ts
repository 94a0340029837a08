import type { ReadRule } from './PlanRule.js'

// Corrections of a clock within this time are ignored, in milliseconds. A mark further ahead was set by a wrong clock.
const clockSlackMs = 60_000

/**
 * Restarts the delay before the writing if an upgrade was noticed at a time that has not come yet. The host's clock has
 * been set back since, and the delay would last until it has caught up, while the height passes.
 */
export const restartDelay: ReadRule = (board, { head, hostTime }) => {
  for (const upgrade of [...board.acting.values()]) {
    const { noticedAt, scheduledAt } = upgrade
    if (noticedAt === undefined || noticedAt <= hostTime + clockSlackMs) continue
    const isAhead = scheduledAt !== undefined && scheduledAt > head.timestamp
    board.put({ ...upgrade, noticedAt: hostTime, ...(isAhead && { scheduledAt: head.timestamp }) })
  }
}
