import type { Head } from './head.js'
import { isBlocked, isFileNews, isRemoval, type Upgrade, type UpgradeMove, type WriteOutcome } from './upgrade.js'

export interface WriteReport {
  readonly outcome: WriteOutcome
  readonly head: Head
  /** Host clock, Unix milliseconds. */
  readonly hostTime: number
  readonly nodeVersion?: string
}

/**
 * What the writer's answer does to the upgrade it was about. A file that is there before the height leaves it
 * scheduled; at the height it is triggered. A refusal by what the file holds is told once and can still turn into a
 * trigger. An answer that comes too late does nothing.
 */
export function settleWrite(upgrade: Upgrade | undefined, report: WriteReport): readonly UpgradeMove[] {
  if (upgrade === undefined || !(upgrade.status === 'scheduled' || isBlocked(upgrade))) return []
  const { outcome, head, hostTime, nodeVersion } = report
  if (isRemoval(outcome) || isFileNews(outcome) || outcome.result === 'held') return []
  const time = head.timestamp
  if (outcome.result === 'refused') {
    if (isBlocked(upgrade)) return []
    // The node switches all the same: only the file is off.
    if (upgrade.held === true) return [{ type: 'refused', upgrade: { ...upgrade, unwritten: true, reasons: [outcome.reason] }, time, silent: false }]
    return [{ type: 'refused', upgrade: { ...upgrade, status: 'refused', blocked: true, completedAt: time, reasons: [outcome.reason] }, time, silent: false }]
  }
  if (outcome.result === 'failed') {
    // Still scheduled: the next poll tries again. Only a new reason is noted; people are told once.
    if (isBlocked(upgrade) || upgrade.reasons.includes(outcome.reason)) return []
    return [{ type: 'failed', upgrade: { ...upgrade, reasons: [outcome.reason] }, time, silent: false }]
  }
  const { blocked: _blocked, completedAt: _refusedAt, ...free } = upgrade
  // Why there is no file is still true when it is due.
  const reasons = upgrade.unwritten === true ? upgrade.reasons : []
  const written: Upgrade = {
    ...free,
    status: 'scheduled',
    reasons,
    ...(outcome.result !== 'skipped' && { writtenAt: upgrade.writtenAt ?? time }),
    ...(outcome.hook === true && { hook: 'owed' }),
  }
  if (head.number < BigInt(upgrade.height)) return outcome.result === 'skipped' ? [] : [{ type: 'scheduled', upgrade: written, time, silent: true, file: outcome.result }]
  // The switch may have come before this poll saw the height: what the node was like before it counts.
  const old = upgrade.evidence
  const version = old?.nodeVersion ?? nodeVersion
  return [{
    type: 'triggered',
    upgrade: {
      ...written,
      status: 'in_progress',
      triggeredAt: time,
      evidence: {
        block: head.number,
        head: head.number,
        since: hostTime,
        movedAt: hostTime,
        outage: old?.outage === true && (upgrade.writtenAt !== undefined || outcome.result === 'skipped'),
        ...(version !== undefined && { nodeVersion: version }),
      },
    },
    time,
    silent: false,
  }]
}
