import { isSameDue } from '../../plans/dueAt.js'
import { isOwn, type Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Tells a plan that goes on under another proposal for another height as what it is: one that was moved, and not one
 * that is off and another that is new. On a Cosmos chain that is how a plan is moved: a second vote on its name.
 */
export const joinMovedPlans: ReadRule = (board) => board.retell(joined(board.moves()))

function joined(moves: readonly UpgradeMove[]): readonly UpgradeMove[] {
  const left = moves.filter(isCalledOff)
  if (left.length === 0) return moves
  const followed = new Map<UpgradeMove, Upgrade>()
  for (const move of moves) {
    if (move.type !== 'scheduled' || move.silent || isOwn(move.upgrade)) continue
    const former = left.find((off) => !isTaken(off, followed) && isMovedTo(off.before, move.upgrade))?.before
    if (former !== undefined) followed.set(move, former)
  }
  return moves.map((move) => {
    const before = followed.get(move)
    if (before !== undefined) return { ...move, type: 'rescheduled', before }
    return isCalledOff(move) && isTaken(move, followed) ? { ...move, silent: true } : move
  })
}

type CalledOff = UpgradeMove & { readonly before: Upgrade }

/** True of a waiting upgrade that is off by this reading, which people would be told. */
function isCalledOff(move: UpgradeMove): move is CalledOff {
  const { type, silent, before } = move
  return type === 'cancelled' && !silent && before?.status === 'scheduled' && !isOwn(before)
}

function isTaken({ before }: CalledOff, followed: ReadonlyMap<UpgradeMove, Upgrade>): boolean {
  return [...followed.values()].includes(before)
}

function isMovedTo(before: Upgrade, after: Upgrade): boolean {
  return before.name === after.name && before.key !== after.key && !isSameDue(before, after)
}
