import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/** Combines the refusals of one reading into few notifications. */
export const gatherRefusals: ReadRule = (board) => board.replaceMoves(gathered(board.moves()))

// Maximum number of refusals of one reading that are announced one by one; the last one says how many more there are.
const maxAnnounced = 20

/** Keeps one announcement for all refusals for lack of room, and at most `maxTold` of the others. */
function gathered(moves: readonly UpgradeMove[]): readonly UpgradeMove[] {
  const isAnnounced = ({ type, silent, upgrade }: UpgradeMove): boolean =>
    type === 'refused' && !silent && upgrade.status === 'refused'
  const crowded = moves.filter((move) => isAnnounced(move) && move.upgrade.crowded === true)
  const others = moves.filter((move) => isAnnounced(move) && move.upgrade.crowded !== true)
  if (crowded.length <= 1 && others.length <= maxAnnounced) return moves
  const silenced = new Set([...crowded.slice(1), ...others.slice(maxAnnounced)])
  const more = new Map([
    [crowded[0], crowded.length - 1],
    [others[maxAnnounced - 1], others.length - maxAnnounced],
  ])
  return moves.map((move) => {
    if (silenced.has(move)) return { ...move, silent: true }
    const count = more.get(move) ?? 0
    return count > 0 ? { ...move, more: count } : move
  })
}
