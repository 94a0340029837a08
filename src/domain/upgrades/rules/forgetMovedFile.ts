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
 * Treats a written plan as not written if the configured path of the file or its reader has changed: it is due again,
 * as if for the first time. The same applies to a plan that was withheld only because of what the former file held.
 */
export const forgetMovedFile: ReadRule = (board, event, options) => {
  const { head, fileMove } = event
  if (fileMove === undefined) return
  const isWithheldByFile = (upgrade: Upgrade): boolean => !isWithheldByPlan(upgrade, event, options)
  board.move(movesOfMovedFile(board.acting, head, fileMove, isWithheldByFile))
}

/** Returns true unless the plan itself has no problems by now. A plan with problems is written nowhere. */
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
 * Returns the moves of {@link forgetMovedFile}. Nobody is notified. The file at the former path is not touched, because
 * a node may still read it. For another reader, the old file is removed before the new one is written; a new revision
 * has that effect. A withheld plan also gets a new revision, so that it is announced again if the new place refuses it
 * too.
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

/** Returns the upgrade as it was before the writing; `undefined` if the file has had its effect, or may have had it. */
function unwritten(
  { writtenAt: _writtenAt, ...upgrade }: Upgrade,
  head: Head,
  what: FileMove['what'],
): Upgrade | undefined {
  if (upgrade.status === 'scheduled') return upgrade
  // Checks after the height are dropped: the switch that they are about is still to come.
  const { triggeredAt: _triggeredAt, postCheck: _seen, evidence, ...rest } = upgrade
  // The nodes are still at the height, or were seen to continue with the old binary.
  const isUnused = !isPassed(upgrade, head) || evidence?.unconsumed === true
  return upgrade.status === 'in_progress' && what === 'path' && isUnused ? { ...rest, status: 'scheduled' } : undefined
}
