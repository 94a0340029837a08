import { ownPlanKey } from '../../plans/ownPlan.js'
import { scheduleOwnPlan, withdrawOwnPlan } from '../schedule/scheduleOwnPlan.js'
import { isOwn } from '../upgrade.js'
import type { ReadRule } from './PlanRule.js'

/** Schedules, changes, refuses or calls off the upgrades that the operator's own plans ask for. */
export const scheduleOwnPlans: ReadRule = (board, event, options) => {
  const { ownPlans, head } = event
  // While they cannot be read, those that were known still stand.
  if (ownPlans === undefined) return
  const first = new Map(ownPlans.toReversed().map((own) => [ownPlanKey(own.chain, own.plan.name), own]))
  const known = [...board.acting.values()].filter(isOwn)
  for (const upgrade of known) if (!first.has(upgrade.key)) board.move(withdrawOwnPlan(upgrade, head.timestamp))
  for (const own of [...first.values()].toReversed())
    board.move(scheduleOwnPlan(own, board.all(), { ...event, occupied: board.occupied() }, options))
}
