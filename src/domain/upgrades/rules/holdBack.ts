import type { Proposal } from '../../proposals/proposal.js'
import { isBlocked, type Upgrade, type UpgradeMove } from '../upgrade.js'
import type { ReadRule } from './PlanRule.js'

const words = 'which govstream does not understand: nothing is written before it does.'
const doubt = 'Nothing is written before that is known.'

/** Holds back what waits while the answer of its contract is not understood, or may have called it off. */
export const holdBack: ReadRule = (board, { proposals, head }) => {
  for (const [key, upgrade] of [...board.acting]) board.move(heldBack(upgrade, proposals.get(key), head.timestamp))
}

/**
 * Says, once, that a waiting upgrade is held back while its contract gives an answer nobody understands, and takes
 * the word back when it does.
 */
export function heldBack(upgrade: Upgrade, proposal: Proposal | undefined, time: bigint): readonly UpgradeMove[] {
  if (upgrade.status !== 'scheduled' && !isBlocked(upgrade)) return []
  const rest = upgrade.reasons.filter((reason) => !reason.endsWith(words) && !reason.endsWith(doubt))
  const reason = proposal === undefined ? undefined : reasonFor(proposal)
  if (reason === undefined ? rest.length === upgrade.reasons.length : upgrade.reasons.includes(reason)) return []
  const held: Upgrade = { ...upgrade, reasons: reason === undefined ? rest : [...rest, reason] }
  return [{ type: 'refused', upgrade: held, time, silent: reason === undefined, before: upgrade }]
}

/**
 * A Cosmos chain carries its plan out by itself, and what its servers leave open in one answer they tell in the next.
 */
function reasonFor({ id, system, notUnderstood, finding }: Proposal): string | undefined {
  if (notUnderstood !== undefined) return `The chain now answers ${notUnderstood} for proposal ${id}, ${words}`
  return finding?.unsure === undefined || system === 'cosmos' ? undefined : `${finding.unsure} ${doubt}`
}

/** True for the word that an upgrade waits, which is no refusal for good. */
export function isHeldBack({
  upgrade,
  type,
  before,
}: Pick<UpgradeMove, 'upgrade' | 'type'> & { readonly before?: Upgrade | undefined }): boolean {
  return type === 'refused' && upgrade.status === 'scheduled' && before !== undefined
}
