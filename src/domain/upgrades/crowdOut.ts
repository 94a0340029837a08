import type { ProposalKey } from '../proposals/proposal.js'
import { byHeight } from './queueOf.js'
import type { Upgrade, UpgradeMove } from './upgrade.js'
import type { UpgradeBoard } from './upgradeBoard.js'

/**
 * Keeps the number of upgrades that wait within `limit`: those with the lowest heights stay, the others are refused
 * until there is room. Changes the board, which `moves` made of `before`; returns the moves as they are then.
 */
export function crowdOut(
  board: UpgradeBoard,
  before: ReadonlyMap<ProposalKey, Upgrade>,
  moves: readonly UpgradeMove[],
  time: bigint,
  limit: number,
): readonly UpgradeMove[] {
  const waiting = [...board.acting.values()].filter(({ status }) => status === 'scheduled')
  if (waiting.length <= limit) return moves
  // The chain carries out what it holds, and what is on the disk is under way.
  const isFirm = (upgrade: Upgrade): boolean => upgrade.held === true || upgrade.writtenAt !== undefined
  const surplus = waiting.sort((a, b) => Number(isFirm(b)) - Number(isFirm(a)) || byHeight(a, b)).slice(limit)
  const reason = `More than ${limit} upgrades wait on this chain: only those with the lowest heights are kept, and this one is judged again when there is room.`
  const refused: UpgradeMove[] = []
  for (const { scheduledAt: _at, noticedAt: _noticed, ...upgrade } of surplus) {
    const was = before.get(upgrade.key)
    if (was?.crowded === true && was.name === upgrade.name && was.height === upgrade.height) {
      board.put(was)
      continue
    }
    const crowded: Upgrade = { ...upgrade, status: 'refused', crowded: true, completedAt: time, reasons: [reason] }
    board.put(crowded)
    refused.push({
      type: 'refused',
      upgrade: crowded,
      time,
      silent: false,
      ...(was?.status === 'scheduled' && { before: was }),
    })
  }
  const gone = new Set(surplus.map(({ key }) => key))
  return [...moves.filter(({ upgrade }) => !(gone.has(upgrade.key) && upgrade.status === 'scheduled')), ...refused]
}

// Told one by one in one step; more than that is one story.
const maxTold = 20

/** Tells many refusals of one step as few: one of all that there is no room for, and not more than a handful of others. */
export function gatherRefusals(moves: readonly UpgradeMove[]): readonly UpgradeMove[] {
  const isTold = ({ type, silent, upgrade }: UpgradeMove): boolean =>
    type === 'refused' && !silent && upgrade.status === 'refused'
  const crowded = moves.filter((move) => isTold(move) && move.upgrade.crowded === true)
  const others = moves.filter((move) => isTold(move) && move.upgrade.crowded !== true)
  if (crowded.length <= 1 && others.length <= maxTold) return moves
  const silenced = new Set([...crowded.slice(1), ...others.slice(maxTold)])
  const more = new Map([
    [crowded[0], crowded.length - 1],
    [others[maxTold - 1], others.length - maxTold],
  ])
  return moves.map((move) => {
    if (silenced.has(move)) return { ...move, silent: true }
    const count = more.get(move) ?? 0
    return count > 0 ? { ...move, more: count } : move
  })
}
