import { nextInQueue } from '../dueUpgrades.js'
import type { Head } from '../../blocks/head.js'
import { isReached } from '../../plans/dueAt.js'
import type { ProposalKey } from '../../proposals/proposal.js'
import { byHeight, isLive } from '../queueOf.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Has the early-written file of a plan make room when a plan with a lower height arrives, because the file holds one
 * plan.
 */
export const yieldToLowerPlan: ReadRule = (board, { head }) => board.move(movesToLowerPlan(board.acting, head))

/** Returns the moves of {@link yieldToLowerPlan}. Nobody is notified: the plan is written again when its turn comes. */
export function movesToLowerPlan(upgrades: ReadonlyMap<ProposalKey, Upgrade>, head: Head): readonly UpgradeMove[] {
  const live = [...upgrades.values()].filter(isLive).sort(byHeight)
  const next = nextInQueue(live, head)
  return live.flatMap((before) => {
    if (before.status !== 'scheduled' || before.writtenAt === undefined || before === next || isReached(before, head))
      return []
    const { writtenAt: _writtenAt, ...upgrade } = before
    return [{ type: 'rescheduled' as const, upgrade, time: head.timestamp, silent: true, before }]
  })
}
