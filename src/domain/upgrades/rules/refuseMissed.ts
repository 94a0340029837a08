import { absenceOf, isLongMissed } from '../../blocks/lateness.js'
import { durationText } from '../../text/time.js'
import type { ScheduleContext } from '../schedule/ScheduleContext.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import { type Upgrade, withReasons } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Refuses the upgrades whose height passed while the monitor was not watching. Plans scheduled by this reading are not
 * included; they were validated when they were scheduled.
 */
export const refuseMissed: ReadRule = (board, event, options) => {
  for (const key of board.wereActing) board.move(refuseIfMissed(board.get(key), event, options))
}

/**
 * Refuses a scheduled upgrade whose height passed while the monitor was not watching. By then somebody has switched the
 * binary by hand, or the chain has continued without it, and a late file would only confuse the process manager. A node
 * that still waits at the height is served, however long the absence. A plan is not refused either if its file was
 * written in time, or if the node writes the file itself.
 */
export function refuseIfMissed(
  upgrade: Upgrade | undefined,
  { head, hostTime, caughtUpAt, blockTime }: ScheduleContext,
  { lateLimit, when }: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  if (
    upgrade?.status !== 'scheduled' ||
    upgrade.writtenAt !== undefined ||
    when === 'never' ||
    caughtUpAt === undefined
  )
    return []
  // A chain that holds a plan does not get past its height without carrying it out.
  if (upgrade.held === true || upgrade.unwritten === true || upgrade.height === undefined) return []
  const height = BigInt(upgrade.height)
  if (caughtUpAt.head >= height || head.number <= height + 1n) return []
  const absence = { head, blockTime, hostTime, caughtUpAt }
  if (!isLongMissed(height, absence, lateLimit)) return []
  const away = absenceOf(absence)
  const reason = `height already passed: height ${height} passed while govstream was away for ${durationText(Math.round(away / 1000))}, and the chain is at block ${head.number} by now. govstream knows of no file that was in time and writes none now; switch the binary by hand if the node still needs it.`
  const refused: Upgrade = { ...withReasons(upgrade, [reason]), status: 'refused', completedAt: head.timestamp }
  return [{ type: 'refused', upgrade: refused, time: head.timestamp, silent: false, before: upgrade }]
}
