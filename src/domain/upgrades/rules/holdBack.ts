import { carriesPlansOut } from '../../plans/heldPlan.js'
import type { Proposal } from '../../proposals/proposal.js'
import { isBlocked, type Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Holds waiting upgrades back while the answer of their contract is not understood, or may mean that they are
 * cancelled.
 */
export const holdBack: ReadRule = (board, { proposals, head }) => {
  for (const [key, upgrade] of [...board.acting]) board.move(heldBack(upgrade, proposals.get(key), head.timestamp))
}

/**
 * Reports once that a waiting upgrade is held back, and removes the reason, without a notification, when an answer is
 * understood again.
 */
export function heldBack(upgrade: Upgrade, proposal: Proposal | undefined, time: bigint): readonly UpgradeMove[] {
  if (upgrade.status !== 'scheduled' && !isBlocked(upgrade)) return []
  const reason = proposal === undefined ? undefined : reasonFor(proposal)
  if (reason === upgrade.heldBack) return []
  const { heldBack: told, ...free } = upgrade
  const rest = upgrade.reasons.filter((one) => one !== told)
  const held: Upgrade =
    reason === undefined ? { ...free, reasons: rest } : { ...free, heldBack: reason, reasons: [...rest, reason] }
  return [{ type: 'refused', upgrade: held, time, silent: reason === undefined, before: upgrade }]
}

/**
 * Returns why the upgrade of a proposal is held back. An unsure plan is not held back on a chain that carries out its
 * plans by itself, because the next answer of its servers settles the doubt.
 */
function reasonFor({ id, system, notUnderstood, finding }: Proposal): string | undefined {
  if (notUnderstood !== undefined)
    return `The chain now answers ${notUnderstood} for proposal ${id}, which govstream does not understand: it does not act on the upgrade until it does.`
  return finding?.unsure === undefined || carriesPlansOut(system)
    ? undefined
    : `${finding.unsure} govstream does not act on the upgrade until that is known.`
}

/**
 * Returns true if a move only says that an upgrade is held back; the upgrade still waits and is not refused for good.
 */
export function isHeldBack({
  upgrade,
  type,
  before,
}: Pick<UpgradeMove, 'upgrade' | 'type'> & { readonly before?: Upgrade | undefined }): boolean {
  return type === 'refused' && upgrade.status === 'scheduled' && before !== undefined
}
