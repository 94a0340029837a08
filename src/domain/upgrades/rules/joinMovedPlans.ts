import type { Head } from '../../blocks/head.js'
import { isReached, isSameDue } from '../../plans/dueAt.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeBoard } from '../upgradeBoard.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Tells a plan that a chain holds under another proposal, and for another height, than before as what it is: one that
 * was moved, and not one that is off and another that is new. On a Cosmos chain a plan is moved by a second vote on its
 * name. Where contracts hold proposals apart, one that is called off and one that passes have nothing to do with each
 * other.
 *
 * Where an earlier reading saw it off, that was told, and its file was taken back, as it has to be; that it is back is
 * told as a move for as long as its former height is ahead, for until then people may have prepared for that.
 */
export const joinMovedPlans: ReadRule = (board, { head }) => {
  const followed = followedOn(board, head)
  if (followed.size === 0) return
  const taken = new Set([...followed.values()].map(({ key }) => key))
  board.retell(
    board.moves().map((move) => {
      const before = followed.get(move)
      if (before !== undefined) return movedFrom(before, move, board)
      return isCalledOff(move) && taken.has(move.upgrade.key) ? { ...move, silent: true } : move
    }),
  )
}

const isBack = 'It was called off before, and is back.'

function movedFrom(before: Upgrade, move: UpgradeMove, board: UpgradeBoard): UpgradeMove {
  if (before.status !== 'cancelled') return { ...move, type: 'rescheduled', before }
  const upgrade: Upgrade = { ...move.upgrade, reasons: [isBack, ...move.upgrade.reasons] }
  board.put(upgrade)
  return { ...move, type: 'rescheduled', upgrade, before }
}

/** What is scheduled by this reading in the place of what was off by it, or before; each takes the place of one. */
function followedOn(board: UpgradeBoard, head: Head): ReadonlyMap<UpgradeMove, Upgrade> {
  const followed = new Map<UpgradeMove, Upgrade>()
  const fresh = board
    .moves()
    .filter(({ type, silent, upgrade }) => type === 'scheduled' && !silent && upgrade.held === true)
  if (fresh.length === 0) return followed
  const formers = [...board.moves().flatMap((move) => (isCalledOff(move) ? [move.before] : [])), ...offFor(board, head)]
  for (const move of fresh) {
    const taken = new Set([...followed.values()].map(({ key }) => key))
    const former = formers.find((one) => !taken.has(one.key) && isMovedTo(one, move.upgrade))
    if (former !== undefined) followed.set(move, former)
  }
  return followed
}

/** What was off before this reading, and would still be ahead; the last one first. */
function offFor({ before }: UpgradeBoard, head: Head): readonly Upgrade[] {
  return [...before.values()]
    .filter((one) => one.status === 'cancelled' && one.held === true && !isReached(one, head))
    .sort((a, b) => Number((b.completedAt ?? 0n) - (a.completedAt ?? 0n)))
}

type CalledOff = UpgradeMove & { readonly before: Upgrade }

/** True of a waiting upgrade that is off by this reading, which people would be told. */
function isCalledOff(move: UpgradeMove): move is CalledOff {
  const { type, silent, before } = move
  return type === 'cancelled' && !silent && before?.status === 'scheduled' && before.held === true
}

function isMovedTo(before: Upgrade, after: Upgrade): boolean {
  return before.name === after.name && before.key !== after.key && !isSameDue(before, after)
}
