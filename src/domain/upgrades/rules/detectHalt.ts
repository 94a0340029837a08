import type { Head } from '../../blocks/head.js'
import { switchesWithoutHalt } from '../../plans/heldPlan.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Reports once that a chain which holds the plan itself has reached the last block of the old binary, where its nodes
 * stop.
 */
export const detectHalt: ReadRule = (board, { head, proposals }) => {
  for (const upgrade of [...board.acting.values()]) {
    const system = proposals.get(upgrade.key)?.system
    if (system === undefined || !switchesWithoutHalt(system)) board.move(halted(upgrade, head))
  }
}

function halted(upgrade: Upgrade, head: Head): readonly UpgradeMove[] {
  if (
    upgrade.status !== 'scheduled' ||
    upgrade.held !== true ||
    upgrade.haltReachedAt !== undefined ||
    upgrade.height === undefined ||
    head.number !== BigInt(upgrade.height) - 1n
  )
    return []
  return [
    { type: 'halted', upgrade: { ...upgrade, haltReachedAt: head.timestamp }, time: head.timestamp, silent: false },
  ]
}
