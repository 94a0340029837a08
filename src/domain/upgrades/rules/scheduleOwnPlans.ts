import { isSameDue } from '../../plans/dueAt.js'
import { type OwnPlan, ownPlanKey } from '../../plans/ownPlan.js'
import type { ProposalKey } from '../../proposals/proposal.js'
import { type Occupied, occupiedBy } from '../occupied.js'
import { scheduleOwnPlan, withdrawOwnPlan } from '../schedule/scheduleOwnPlan.js'
import { isOwn } from '../upgrade.js'
import type { UpgradeBoard } from '../upgradeBoard.js'
import type { ReadRule } from './PlanRule.js'

/** Schedules, changes, refuses or calls off the upgrades that the operator's own plans ask for. */
export const scheduleOwnPlans: ReadRule = (board, event, options) => {
  const { ownPlans, head } = event
  // While they cannot be read, those that were known still stand.
  if (ownPlans === undefined) return
  const first = new Map<ProposalKey, OwnPlan>()
  for (const own of ownPlans) if (!first.has(keyIn(own))) first.set(keyIn(own), own)
  const known = [...board.acting.values()].filter(isOwn)
  for (const upgrade of known) if (!first.has(upgrade.key)) board.move(withdrawOwnPlan(upgrade, head.timestamp))
  const wanted = [...first.values()]
  const leaving = new Set(wanted.filter((own) => isMoved(board, own)).map(keyIn))
  for (const own of wanted) {
    leaving.delete(keyIn(own))
    board.move(scheduleOwnPlan(own, board.all(), { ...event, occupied: occupiedWithout(leaving, board) }, options))
  }
}

/** True where it waits at another height than it is wanted for now: it leaves that height in this reading. */
function isMoved(board: UpgradeBoard, own: OwnPlan): boolean {
  const known = board.get(keyIn(own))
  return known?.status === 'scheduled' && !isSameDue(known, own.plan)
}

/** Plans that trade their heights are not in each other's way. */
function occupiedWithout(leaving: ReadonlySet<ProposalKey>, board: UpgradeBoard): Occupied {
  if (leaving.size === 0) return board.occupied()
  return occupiedBy([...board.acting.values()].filter(({ key }) => !leaving.has(key)))
}

function keyIn({ chain, plan }: OwnPlan): ProposalKey {
  return ownPlanKey(chain, plan.name)
}
