import { memoizeWhere } from '../../editedMap.js'
import { isSameDue } from '../../plans/dueAt.js'
import { type OwnPlan, ownPlanKey } from '../../plans/ownPlan.js'
import type { ProposalKey } from '../../proposals/proposal.js'
import { type Occupied, occupiedBy } from '../occupied.js'
import { scheduleOwnPlan, withdrawOwnPlan } from '../schedule/scheduleOwnPlan.js'
import { isOwn, type Upgrade } from '../upgrade.js'
import type { UpgradeBoard } from '../upgradeBoard.js'
import type { ReadRule } from './PlanRule.js'

/** Schedules, changes, refuses or cancels the upgrades that the operator's own plans ask for. */
export const scheduleOwnPlans: ReadRule = (board, event, options) => {
  const { ownPlans, head } = event
  // While own plans cannot be read, the known ones stay in effect.
  if (ownPlans === undefined) return
  const first = new Map<ProposalKey, OwnPlan>()
  for (const own of ownPlans) if (!first.has(keyIn(own))) first.set(keyIn(own), own)
  // The alert about a refused plan has to close, too.
  const known = new Map([...ownRefusedIn(board.all()), ...board.acting].filter(([, upgrade]) => isOwn(upgrade)))
  for (const [key, upgrade] of known) if (!first.has(key)) board.move(withdrawOwnPlan(upgrade, head.timestamp))
  const wanted = [...first.values()]
  const leaving = new Set(wanted.filter((own) => isMoved(board, own)).map(keyIn))
  for (const own of wanted) {
    leaving.delete(keyIn(own))
    board.move(scheduleOwnPlan(own, board.all(), { ...event, occupied: occupiedWithout(leaving, board) }, options))
  }
}

const ownRefusedIn = memoizeWhere((upgrade: Upgrade) => isOwn(upgrade) && upgrade.status === 'refused')

/** Returns true if the plan waits at another height than the one now wanted: it leaves that height in this reading. */
function isMoved(board: UpgradeBoard, own: OwnPlan): boolean {
  const known = board.get(keyIn(own))
  return known?.status === 'scheduled' && !isSameDue(known, own.plan)
}

/** Returns the index without the plans that are leaving their heights, so that plans can exchange heights. */
function occupiedWithout(leaving: ReadonlySet<ProposalKey>, board: UpgradeBoard): Occupied {
  if (leaving.size === 0) return board.occupied()
  return occupiedBy([...board.acting.values()].filter(({ key }) => !leaving.has(key)))
}

function keyIn({ chain, plan }: OwnPlan): ProposalKey {
  return ownPlanKey(chain, plan.name)
}
