import type { ReadRule } from './PlanRule.js'

// Within it a clock is set right; what lies further ahead was noted by a clock that was wrong.
const clockSlackMs = 60_000

/**
 * Begins the delay before the writing anew where an upgrade was noticed at a time that has not come yet: the clock of
 * the host has stepped back since, and the delay would last until it has caught up, while the height passes.
 */
export const restartDelay: ReadRule = (board, { head, hostTime }) => {
  for (const upgrade of [...board.acting.values()]) {
    const { noticedAt, scheduledAt } = upgrade
    if (noticedAt === undefined || noticedAt <= hostTime + clockSlackMs) continue
    const isAhead = scheduledAt !== undefined && scheduledAt > head.timestamp
    board.put({ ...upgrade, noticedAt: hostTime, ...(isAhead && { scheduledAt: head.timestamp }) })
  }
}
