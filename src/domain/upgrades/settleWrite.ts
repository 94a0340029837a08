import type { Head } from '../blocks/head.js'
import {
  isBlocked,
  isFileNews,
  isRemoval,
  type FileNews,
  type Removal,
  type Upgrade,
  type UpgradeMove,
  type WriteOutcome,
} from './upgrade.js'

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
 * trigger. An answer that comes too late, or is about a plan that has changed since, does nothing; but that the file was
 * written at the height of a plan that was called off in the same moment is told.
 */
export function settleWrite(upgrade: Upgrade | undefined, report: WriteReport): readonly UpgradeMove[] {
  const { outcome, head, hostTime, nodeVersion } = report
  if (
    upgrade === undefined ||
    isRemoval(outcome) ||
    isFileNews(outcome) ||
    outcome.result === 'held' ||
    !isAbout(outcome, upgrade)
  )
    return []
  const time = head.timestamp
  if (upgrade.status === 'cancelled')
    return outcome.result === 'written' && outcome.plan !== undefined && head.number >= BigInt(upgrade.height)
      ? [writtenAllTheSame(upgrade, time)]
      : []
  if (!(upgrade.status === 'scheduled' || isBlocked(upgrade))) return []
  if (outcome.result === 'refused') {
    if (isBlocked(upgrade)) return []
    // The node switches all the same: only the file is off.
    if (upgrade.held === true)
      return [
        { type: 'refused', upgrade: { ...upgrade, unwritten: true, reasons: [outcome.reason] }, time, silent: false },
      ]
    return [
      {
        type: 'refused',
        upgrade: { ...upgrade, status: 'refused', blocked: true, completedAt: time, reasons: [outcome.reason] },
        time,
        silent: false,
      },
    ]
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
    ...(outcome.mark !== undefined && { fileMark: outcome.mark }),
  }
  if (head.number < BigInt(upgrade.height))
    return outcome.result === 'skipped'
      ? []
      : [{ type: 'scheduled', upgrade: written, time, silent: true, file: outcome.result }]
  // The switch may have come before this poll saw the height: what the node was like before it counts.
  const old = upgrade.evidence
  const version = old?.nodeVersion ?? nodeVersion
  return [
    {
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
    },
  ]
}

function isAbout({ plan }: Exclude<WriteOutcome, Removal | FileNews>, { name, height }: Upgrade): boolean {
  return plan === undefined || (plan.name === name && plan.height === height)
}

function writtenAllTheSame(before: Upgrade, time: bigint): UpgradeMove {
  const reason = 'The file was written in the moment it was called off: look at the node before it switches.'
  return {
    type: 'failed',
    upgrade: { ...before, status: 'failed', completedAt: time, reasons: [...before.reasons, reason] },
    time,
    silent: false,
    before,
  }
}
