import type { Head } from '../../blocks/head.js'
import type { Upgrade, UpgradeMove } from '../upgrade.js'
import type { ReadRule } from './PlanRule.js'

/** Tells, once, the last block of the old binary, at which the nodes of a chain stop that holds the plan itself. */
export const detectHalt: ReadRule = (board, { head }) => {
  for (const upgrade of [...board.acting.values()]) board.move(halted(upgrade, head))
}

function halted(upgrade: Upgrade, head: Head): readonly UpgradeMove[] {
  if (
    upgrade.status !== 'scheduled' ||
    upgrade.held !== true ||
    upgrade.haltReachedAt !== undefined ||
    head.number !== BigInt(upgrade.height) - 1n
  )
    return []
  return [
    { type: 'halted', upgrade: { ...upgrade, haltReachedAt: head.timestamp }, time: head.timestamp, silent: false },
  ]
}
