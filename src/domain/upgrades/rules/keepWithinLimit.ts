import { isSameDue } from '../../plans/dueAt.js'
import { keyOf } from '../../proposals/proposal.js'
import { byHeight } from '../queueOf.js'
import { isOwn, type Upgrade, withReasons } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { UpgradeBoard } from '../upgradeBoard.js'
import type { ReadRule } from './PlanRule.js'
import { basisOf, rememberVerdict } from './scheduleProposals.js'

/**
 * Keeps the number of waiting upgrades within `maxWaiting`. Those with the lowest heights stay; the others are refused
 * until there is room.
 */
export const keepWithinLimit: ReadRule = (board, event, options) => {
  refuseSurplus(board, event.head.timestamp, options.maxWaiting)
  if (board.crowded.length === 0) return
  // These were refused for lack of room before. The verdict holds until an upgrade leaves the queue.
  const basis = basisOf(event, board.occupation(), options)
  for (const candidate of board.crowded) rememberVerdict(candidate, basis, board.get(keyOf(candidate.proposal)))
}

function refuseSurplus(board: UpgradeBoard, time: bigint, limit: number): void {
  const waiting = [...board.acting.values()].filter(({ status }) => status === 'scheduled')
  if (waiting.length <= limit) return
  // These come first: a chain carries out a plan that it holds, whatever is refused here; a written plan may be acted
  // on already; and no number of proposals may displace the operator's own plans.
  const isFirm = (upgrade: Upgrade): boolean =>
    upgrade.held === true || upgrade.writtenAt !== undefined || isOwn(upgrade)
  const surplus = waiting.sort((a, b) => Number(isFirm(b)) - Number(isFirm(a)) || byHeight(a, b)).slice(limit)
  const reason = `More than ${limit} upgrades wait on this chain: only those with the lowest heights are kept, and this one is judged again when there is room.`
  const refused: UpgradeMove[] = []
  for (const waited of surplus) {
    const { scheduledAt: _at, noticedAt: _noticed, ...upgrade } = withReasons(waited, [reason])
    const was = board.before.get(upgrade.key)
    if (was?.crowded === true && was.name === upgrade.name && isSameDue(was, upgrade)) {
      board.put(was)
      continue
    }
    const crowded: Upgrade = { ...upgrade, status: 'refused', crowded: true, completedAt: time }
    refused.push({
      type: 'refused',
      upgrade: crowded,
      time,
      silent: false,
      ...(was?.status === 'scheduled' && { before: was }),
    })
  }
  const gone = new Set(surplus.map(({ key }) => key))
  board.replaceMoves(board.moves().filter(({ upgrade }) => !(gone.has(upgrade.key) && upgrade.status === 'scheduled')))
  board.move(refused)
}
