import { etaAt, isReached } from '../../plans/dueAt.js'
import { delayWarnings, isDelayWarning } from '../schedule/delayWarnings.js'
import type { ReadRule } from './PlanRule.js'

/**
 * Removes the warning about `minUpgradeDelay` from a waiting upgrade once it is not true any more, for example because
 * the operator has lowered the delay. Otherwise later notifications would repeat it.
 */
export const correctDelayWarning: ReadRule = (board, event, options) => {
  const { head, blockTime } = event
  for (const upgrade of [...board.acting.values()]) {
    const { status, reasons, scheduledAt = head.timestamp, noticedAt = event.hostTime } = upgrade
    const warned = reasons.filter(isDelayWarning)
    if (status !== 'scheduled' || warned.length === 0 || isReached(upgrade, head)) continue
    // Without a known block time it cannot be judged.
    if (etaAt(upgrade, head, blockTime) === undefined) continue
    const warnings = options.when === 'never' ? [] : delayWarnings(upgrade, { scheduledAt, noticedAt }, event, options)
    if (warned.length === warnings.length && warned.every((one) => warnings.includes(one))) continue
    board.put({ ...upgrade, reasons: [...reasons.filter((one) => !isDelayWarning(one)), ...warnings] })
  }
}
