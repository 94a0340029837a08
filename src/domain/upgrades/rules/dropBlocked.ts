import type { Head } from '../../blocks/head.js'
import { compareDue, dueText, isReached } from '../../plans/dueAt.js'
import type { ProposalKey } from '../../proposals/proposal.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import { isBlocked, type Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Gives up, without a notification, plans that a file of somebody else has blocked for longer than `lateLimit`, or that
 * a later plan has overtaken at its own height. If they were written now, the process manager would go back to an older
 * plan.
 */
export const dropBlocked: ReadRule = (board, { head }, options) =>
  board.move(movesOfBlocked(board.acting, head, options))

function movesOfBlocked(
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  head: Head,
  { lateLimit }: Pick<ResolvedPlanOptions, 'lateLimit'>,
): readonly UpgradeMove[] {
  const limit = BigInt(Math.ceil(lateLimit / 1000))
  return [...upgrades.values()].filter(isBlocked).flatMap((before) => {
    const later = [...upgrades.values()].find((other) => isOvertaking(other, before, head))
    if (later === undefined && head.timestamp - (before.completedAt ?? 0n) <= limit) return []
    const { blocked: _blocked, ...upgrade } = before
    const reasons =
      later === undefined ? before.reasons : [...before.reasons, `${later.name} at ${dueText(later)} has come since.`]
    return [{ type: 'refused' as const, upgrade: { ...upgrade, reasons }, time: head.timestamp, silent: true, before }]
  })
}

function isOvertaking(other: Upgrade, blocked: Upgrade, head: Head): boolean {
  return (
    (isBlocked(other) || (other.status !== 'refused' && other.status !== 'cancelled')) &&
    compareDue(other, blocked) > 0 &&
    isReached(other, head)
  )
}
