import type { Proposal } from '../../proposals/proposal.js'
import { isBlocked, type Upgrade, type UpgradeMove } from '../upgrade.js'
import type { ReadRule } from './PlanRule.js'

const words = 'which govstream does not understand: nothing is written before it does.'

/** Holds back what waits while the answer of its contract is not understood. */
export const holdBack: ReadRule = (board, { proposals, head }) => {
  for (const [key, upgrade] of [...board.acting]) board.move(heldBack(upgrade, proposals.get(key), head.timestamp))
}

/**
 * Says, once, that a waiting upgrade is held back while its contract gives an answer nobody understands, and takes
 * the word back when it does.
 */
export function heldBack(upgrade: Upgrade, proposal: Proposal | undefined, time: bigint): readonly UpgradeMove[] {
  if (upgrade.status !== 'scheduled' && !isBlocked(upgrade)) return []
  const rest = upgrade.reasons.filter((reason) => !reason.endsWith(words))
  const reason =
    proposal?.notUnderstood === undefined
      ? undefined
      : `The chain now answers ${proposal.notUnderstood} for proposal ${upgrade.proposalId}, ${words}`
  if (reason === undefined ? rest.length === upgrade.reasons.length : upgrade.reasons.includes(reason)) return []
  const held: Upgrade = { ...upgrade, reasons: reason === undefined ? rest : [...rest, reason] }
  return [{ type: 'refused', upgrade: held, time, silent: reason === undefined, before: upgrade }]
}

/** True for the word that an upgrade waits, which is no refusal for good. */
export function isHeldBack({
  upgrade,
  type,
  before,
}: Pick<UpgradeMove, 'upgrade' | 'type'> & { readonly before?: Upgrade | undefined }): boolean {
  return type === 'refused' && upgrade.status === 'scheduled' && before !== undefined
}
