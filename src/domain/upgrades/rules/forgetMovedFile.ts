import type { Head } from '../../blocks/head.js'
import { isPassed } from '../../plans/dueAt.js'
import type { ProposalKey } from '../../proposals/proposal.js'
import type { FileMove } from '../filePlace.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Takes what was written as not written where the configuration has another place for the file, or another reader of
 * it, since: it is due again, as if for the first time.
 */
export const forgetMovedFile: ReadRule = (board, { head, fileMove }) => {
  if (fileMove !== undefined) board.move(movesOfMovedFile(board.acting, head, fileMove))
}

/**
 * The moves of {@link forgetMovedFile}. Nobody is notified. The file in the former place is not touched, for a node may
 * still read it. One for another reader is taken back before the new one is written: that is what a new revision asks
 * for.
 */
export function movesOfMovedFile(
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  head: Head,
  { what, from }: FileMove,
): readonly UpgradeMove[] {
  return [...upgrades.values()].flatMap((before) => {
    const waiting = before.writtenAt === undefined ? undefined : unwritten(before, head, what)
    if (waiting === undefined) return []
    const told = { type: 'rescheduled' as const, time: head.timestamp, silent: true, before }
    return what === 'path'
      ? [{ ...told, upgrade: waiting, leftAt: from.path }]
      : [{ ...told, upgrade: { ...waiting, revision: before.revision + 1 } }]
  })
}

/** As it was before the writing; undefined where the file has had its effect, or may have had. */
function unwritten(
  { writtenAt: _writtenAt, ...upgrade }: Upgrade,
  head: Head,
  what: FileMove['what'],
): Upgrade | undefined {
  if (upgrade.status === 'scheduled') return upgrade
  const { triggeredAt: _triggeredAt, evidence, ...rest } = upgrade
  // The nodes still stand at the height, or were seen to go on with the old binary.
  const isUnused = !isPassed(upgrade, head) || evidence?.unconsumed === true
  return upgrade.status === 'in_progress' && what === 'path' && isUnused ? { ...rest, status: 'scheduled' } : undefined
}
