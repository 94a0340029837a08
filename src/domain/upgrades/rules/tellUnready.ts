import type { Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/** Ends each sentence about a node that would not carry a plan out, so that it is known again among the reasons. */
export const notReady = 'and is not ready for it.'

/**
 * Tells which nodes are not ready for a waiting upgrade, each time that others are, or other ones; that all are is only
 * noted.
 */
export const tellUnready: ReadRule = (board, { proposals, head }) => {
  for (const upgrade of [...board.acting.values()])
    board.move(unreadyMoves(upgrade, proposals.get(upgrade.key)?.finding?.unready ?? [], head.timestamp))
}

function unreadyMoves(upgrade: Upgrade, unready: readonly string[], time: bigint): readonly UpgradeMove[] {
  if (upgrade.status !== 'scheduled') return []
  const before = upgrade.reasons.filter((reason) => reason.endsWith(notReady))
  if (before.join('\n') === unready.join('\n')) return []
  const rest = upgrade.reasons.filter((reason) => !reason.endsWith(notReady))
  const silent = unready.every((reason) => before.includes(reason))
  return [{ type: 'unready', upgrade: { ...upgrade, reasons: [...rest, ...unready] }, time, silent }]
}
