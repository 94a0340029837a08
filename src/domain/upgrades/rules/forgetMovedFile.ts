import type { Head } from '../../blocks/head.js'
import { isPassed } from '../../plans/dueAt.js'
import { remarksOn } from '../../plans/heldPlan.js'
import type { ProposalKey } from '../../proposals/proposal.js'
import type { FileMove } from '../filePlace.js'
import type { ReadEvent } from '../PlanEvent.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import { type Upgrade, withReasons } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Takes what was written as not written where the configuration has another place for the file, or another reader of
 * it, since: it is due again, as if for the first time. So is what was withheld only for what the former file held.
 */
export const forgetMovedFile: ReadRule = (board, event, options) => {
  const { head, fileMove } = event
  if (fileMove === undefined) return
  const isWithheldByFile = (upgrade: Upgrade): boolean => !isWithheldByPlan(upgrade, event, options)
  board.move(movesOfMovedFile(board.acting, head, fileMove, isWithheldByFile))
}

/** True unless the plan itself is well by now: one with problems is written nowhere. */
function isWithheldByPlan(
  { key }: Upgrade,
  { proposals }: Pick<ReadEvent, 'proposals'>,
  options: ResolvedPlanOptions,
): boolean {
  const proposal = proposals.get(key)
  const finding = proposal && options.findPlan(proposal)
  return proposal === undefined || finding === undefined || remarksOn(proposal, finding, options).length > 0
}

/**
 * The moves of {@link forgetMovedFile}. Nobody is notified. The file in the former place is not touched, for a node may
 * still read it. One for another reader is taken back before the new one is written: that is what a new revision asks
 * for. What was withheld is told anew where the new place does not take it either, and has a new revision for that.
 */
export function movesOfMovedFile(
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  head: Head,
  { what, from }: FileMove,
  isWithheldByFile: (upgrade: Upgrade) => boolean = () => false,
): readonly UpgradeMove[] {
  return [...upgrades.values()].flatMap((before) => {
    const isWithheld = before.unwritten === true && isWithheldByFile(before)
    const waiting = before.writtenAt === undefined && !isWithheld ? undefined : unwritten(before, head, what)
    if (waiting === undefined) return []
    const { unwritten: _withheld, ...free } = waiting
    const upgrade = isWithheld ? withReasons(free, []) : waiting
    const revision = isWithheld || what === 'profile' ? before.revision + 1 : before.revision
    const told = { type: 'rescheduled' as const, time: head.timestamp, silent: true, before }
    return [{ ...told, upgrade: { ...upgrade, revision }, ...(what === 'path' && { leftAt: from.path }) }]
  })
}

/** As it was before the writing; undefined where the file has had its effect, or may have had. */
function unwritten(
  { writtenAt: _writtenAt, ...upgrade }: Upgrade,
  head: Head,
  what: FileMove['what'],
): Upgrade | undefined {
  if (upgrade.status === 'scheduled') return upgrade
  // What was seen after the height was seen of a switch that is still to come.
  const { triggeredAt: _triggeredAt, postCheck: _seen, evidence, ...rest } = upgrade
  // The nodes still stand at the height, or were seen to go on with the old binary.
  const isUnused = !isPassed(upgrade, head) || evidence?.unconsumed === true
  return upgrade.status === 'in_progress' && what === 'path' && isUnused ? { ...rest, status: 'scheduled' } : undefined
}
