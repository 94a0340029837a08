import { nextInQueue } from '../dueUpgrades.js'
import type { Head } from '../../blocks/head.js'
import type { ProposalKey } from '../../proposals/proposal.js'
import { byHeight, isLive } from '../queueOf.js'
import type { Upgrade, UpgradeMove } from '../upgrade.js'
import type { ReadRule } from './PlanRule.js'

/** The file holds one plan: what was written ahead makes room when a lower plan comes in. */
export const yieldToLowerPlan: ReadRule = (board, { head }) => board.move(movesToLowerPlan(board.acting, head))

/**
 * The moves of {@link yieldToLowerPlan}, unseen by people: what was written ahead makes room, unseen by people, when a
 * lower plan comes in.
 */
export function movesToLowerPlan(upgrades: ReadonlyMap<ProposalKey, Upgrade>, head: Head): readonly UpgradeMove[] {
  const live = [...upgrades.values()].filter(isLive).sort(byHeight)
  const next = nextInQueue(live, head)
  return live.flatMap((before) => {
    if (
      before.status !== 'scheduled' ||
      before.writtenAt === undefined ||
      before === next ||
      BigInt(before.height) <= head.number
    )
      return []
    const { writtenAt: _writtenAt, ...upgrade } = before
    return [{ type: 'rescheduled' as const, upgrade, time: head.timestamp, silent: true, before }]
  })
}
