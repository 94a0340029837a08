import { isSameUnready, type UnreadyNode } from '../../plans/plan.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Announces which nodes are not ready for a waiting upgrade when a node becomes unready or gives another reason. That
 * nodes became ready is only recorded.
 */
export const tellUnready: ReadRule = (board, { proposals, head }) => {
  for (const upgrade of [...board.acting.values()])
    board.move(unreadyMoves(upgrade, proposals.get(upgrade.key)?.finding?.unready ?? [], head.timestamp))
}

function unreadyMoves(
  { unready: before = [], ...upgrade }: Upgrade,
  unready: readonly UnreadyNode[],
  time: bigint,
): readonly UpgradeMove[] {
  if (upgrade.status !== 'scheduled' || isSameUnready(before, unready)) return []
  const known = before.map(({ reason }) => reason)
  const named = unready.map(({ reason }) => reason)
  const rest = upgrade.reasons.filter((reason) => !known.includes(reason))
  const told: Upgrade = { ...upgrade, reasons: [...rest, ...named], ...(unready.length > 0 && { unready }) }
  const isNew = ({ reason, readyUntil }: UnreadyNode): boolean =>
    !before.some((one) => one.reason === reason && one.readyUntil === readyUntil)
  return [{ type: 'unready', upgrade: told, time, silent: !unready.some(isNew) }]
}
