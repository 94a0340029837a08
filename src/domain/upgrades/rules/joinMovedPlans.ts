import type { Head } from '../../blocks/head.js'
import { isReached, isSameDue } from '../../plans/dueAt.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeBoard } from '../upgradeBoard.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Reports a plan that a chain holds under another proposal and for another height than before as moved, instead of as
 * one cancelled and one new plan. On a Cosmos chain a plan is moved by a second vote on its name. On chains whose
 * contracts keep proposals apart, a cancelled proposal and one that passes are unrelated.
 *
 * If an earlier reading saw the plan cancelled, that was announced and its file was removed, as it must be. Its return
 * is still reported as a move while the former height is ahead, because people may have prepared for it.
 */
export const joinMovedPlans: ReadRule = (board, { head }) => {
  const followed = followedOn(board, head)
  if (followed.size === 0) return
  const taken = new Set([...followed.values()].map(({ key }) => key))
  board.replaceMoves(
    board.moves().map((move) => {
      const before = followed.get(move)
      if (before !== undefined) return movedFrom(before, move, board)
      return isCalledOff(move) && taken.has(move.upgrade.key) ? { ...move, silent: true } : move
    }),
  )
}

const isBack = 'It was cancelled before, and is back.'

function movedFrom(before: Upgrade, move: UpgradeMove, board: UpgradeBoard): UpgradeMove {
  if (before.status !== 'cancelled') return { ...move, type: 'rescheduled', before }
  const upgrade: Upgrade = { ...move.upgrade, reasons: [isBack, ...move.upgrade.reasons] }
  board.put(upgrade)
  return { ...move, type: 'rescheduled', upgrade, before }
}

/** Pairs each upgrade scheduled by this reading with the cancelled one that it replaces, if any. */
function followedOn(board: UpgradeBoard, head: Head): ReadonlyMap<UpgradeMove, Upgrade> {
  const followed = new Map<UpgradeMove, Upgrade>()
  const fresh = board
    .moves()
    .filter(({ type, silent, upgrade }) => type === 'scheduled' && !silent && upgrade.held === true)
  if (fresh.length === 0) return followed
  const formers = [
    ...board.moves().flatMap((move) => (isCalledOff(move) ? [move.before] : [])),
    ...cancelledAhead(board, head),
  ]
  for (const move of fresh) {
    const taken = new Set([...followed.values()].map(({ key }) => key))
    const former = formers.find((one) => !taken.has(one.key) && isMovedTo(one, move.upgrade))
    if (former !== undefined) followed.set(move, former)
  }
  return followed
}

/** Returns the upgrades that were cancelled before this reading and whose height is still ahead, the latest first. */
function cancelledAhead({ before }: UpgradeBoard, head: Head): readonly Upgrade[] {
  return [...before.values()]
    .filter((one) => one.status === 'cancelled' && one.held === true && !isReached(one, head))
    .sort((a, b) => Number((b.completedAt ?? 0n) - (a.completedAt ?? 0n)))
}

type CalledOff = UpgradeMove & { readonly before: Upgrade }

/** Returns true if a waiting upgrade is cancelled by this reading and that would be announced. */
function isCalledOff(move: UpgradeMove): move is CalledOff {
  const { type, silent, before } = move
  return type === 'cancelled' && !silent && before?.status === 'scheduled' && before.held === true
}

function isMovedTo(before: Upgrade, after: Upgrade): boolean {
  return before.name === after.name && before.key !== after.key && !isSameDue(before, after)
}
