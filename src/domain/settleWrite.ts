import type { Head } from './head.js'
import type { Scheduling } from './scheduling.js'
import type { Upgrade, UpgradeMove, WriteOutcome } from './upgrade.js'

export interface WriteReport {
  readonly outcome: WriteOutcome
  readonly head: Head
  /** Host clock, Unix milliseconds. */
  readonly hostTime: number
  readonly nodeVersion?: string
}

/** What the writer's answer does to the upgrade it was about. An answer that comes too late does nothing. */
export function settleWrite(upgrade: Upgrade | undefined, report: WriteReport, { when }: Scheduling): readonly UpgradeMove[] {
  if (upgrade?.status !== 'scheduled') return []
  const { outcome, head, hostTime, nodeVersion } = report
  const time = head.timestamp
  if (outcome.result === 'refused') {
    return [{ type: 'refused', upgrade: { ...upgrade, status: 'refused', completedAt: time, reasons: [outcome.reason] }, time, silent: false }]
  }
  if (outcome.result === 'failed') {
    // Still scheduled: the next poll tries again, and only a new reason is worth telling.
    if (upgrade.reasons.includes(outcome.reason)) return []
    return [{ type: 'failed', upgrade: { ...upgrade, reasons: [outcome.reason] }, time, silent: false }]
  }
  const written: Upgrade = { ...upgrade, reasons: [], ...(outcome.result !== 'skipped' && { writtenAt: upgrade.writtenAt ?? time }) }
  const early = when === 'on-schedule' && head.number < BigInt(upgrade.height)
  if (early) return [{ type: 'scheduled', upgrade: written, time, silent: true }]
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
        outage: false,
        ...(nodeVersion !== undefined && { nodeVersion }),
      },
    },
    time,
    silent: false,
  }]
}
