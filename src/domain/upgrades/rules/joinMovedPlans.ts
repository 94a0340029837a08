import { isSameDue } from '../../plans/dueAt.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Tells a plan that a chain holds under another proposal, and for another height, than before as what it is: one that
 * was moved, and not one that is off and another that is new. On a Cosmos chain a plan is moved by a second vote on its
 * name. Where contracts hold proposals apart, one that is called off and one that passes have nothing to do with each
 * other.
 */
export const joinMovedPlans: ReadRule = (board) => board.retell(joined(board.moves()))

function joined(moves: readonly UpgradeMove[]): readonly UpgradeMove[] {
  const left = moves.filter(isCalledOff)
  if (left.length === 0) return moves
  const followed = new Map<UpgradeMove, Upgrade>()
  for (const move of moves) {
    if (move.type !== 'scheduled' || move.silent || move.upgrade.held !== true) continue
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
  return type === 'cancelled' && !silent && before?.status === 'scheduled' && before.held === true
}

function isTaken({ before }: CalledOff, followed: ReadonlyMap<UpgradeMove, Upgrade>): boolean {
  return [...followed.values()].includes(before)
}

function isMovedTo(before: Upgrade, after: Upgrade): boolean {
  return before.name === after.name && before.key !== after.key && !isSameDue(before, after)
}
