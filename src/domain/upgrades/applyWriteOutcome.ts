import { defined } from '../defined.js'
import type { Head } from '../blocks/head.js'
import { isReached } from '../plans/dueAt.js'
import { type CompletionEvidence, isBlocked, type Upgrade, withReasons } from './upgrade.js'
import type { UpgradeMove } from './upgradeMove.js'
import { carriesPlan } from './schedule/draftUpgrade.js'
import { failedAfterHeight, passLateCheck } from './postCheck/withPostCheck.js'
import { isFileNews, isCleanup, type FileNews, type CleanupOutcome, type WriteOutcome } from './writeOutcome.js'

// Maximum number of failure reasons kept for one upgrade.
const mostReasons = 5

export interface WriteReport {
  readonly outcome: WriteOutcome
  readonly head: Head
  /** Host clock, Unix milliseconds. */
  readonly hostTime: number
  readonly nodeVersion?: string
}

/**
 * Applies the writer's answer to its upgrade. A file written before the height leaves the upgrade scheduled; at the
 * height the upgrade is triggered. A refusal because of what the file holds is announced once and can still turn into a
 * trigger. An answer that comes too late, or is about a plan that has changed since, has no effect. There is one
 * exception: if the file was written at the height of a plan that was cancelled at the same moment, this is announced.
 */
export function applyWriteOutcome(upgrade: Upgrade | undefined, report: WriteReport): readonly UpgradeMove[] {
  const { outcome, head } = report
  if (outcome.result === 'postChecked') return upgrade === undefined ? [] : afterPostCheck(upgrade, outcome, report)
  if (upgrade === undefined || isCleanup(outcome) || isFileNews(outcome) || outcome.result === 'held') return []
  if (!isAbout(outcome, upgrade)) return []
  const time = head.timestamp
  if (upgrade.status === 'cancelled')
    return outcome.result === 'written' && outcome.plan !== undefined && isReached(upgrade, head)
      ? [writtenDespiteCancel(upgrade, time)]
      : []
  if (!(upgrade.status === 'scheduled' || isBlocked(upgrade))) return []
  if (outcome.result === 'refused') return isBlocked(upgrade) ? [] : [refused(upgrade, outcome.reason, time)]
  if (outcome.result === 'failed') {
    // The upgrade stays scheduled, and the next poll tries again. Only a new reason is recorded, also if two alternate,
    // and it is put before the remarks about the plan. People are notified once.
    const { reason, isFileless } = outcome
    const { reasons } = upgrade
    if (isBlocked(upgrade) || reasons.includes(reason)) return []
    const failed =
      reasons.length < mostReasons ? { ...upgrade, reasons: [reason, ...reasons] } : withReasons(upgrade, [reason])
    return [{ type: 'failed', upgrade: failed, time, silent: false, ...defined({ isFileless }) }]
  }
  const written = writtenBy(upgrade, outcome, time)
  if (isReached(upgrade, head)) return [triggered(written, upgrade, outcome, report)]
  return outcome.result === 'skipped'
    ? []
    : [{ type: 'scheduled', upgrade: written, time, silent: true, file: outcome.result }]
}

function afterPostCheck(
  upgrade: Upgrade,
  outcome: Extract<WriteOutcome, { readonly result: 'postChecked' }>,
  { head: { timestamp: time }, nodeVersion }: WriteReport,
): readonly UpgradeMove[] {
  return [
    ...failedAfterHeight(upgrade, outcome, time),
    ...passLateCheck(upgrade, outcome, { time, ...defined({ nodeVersion }) }),
  ]
}

function refused(upgrade: Upgrade, reason: string, time: bigint): UpgradeMove {
  // If the chain holds the plan, the node switches all the same; only the file is not written.
  const free = withReasons(upgrade, [reason])
  const after: Upgrade =
    upgrade.held === true
      ? { ...free, unwritten: true }
      : { ...free, status: 'refused', blocked: true, completedAt: time }
  return { type: 'refused', upgrade: after, time, silent: false }
}

type Written = Extract<WriteOutcome, { readonly result: 'written' | 'unchanged' | 'skipped' }>

/** The upgrade updated with what is on the disk now. */
function writtenBy(upgrade: Upgrade, outcome: Written, time: bigint): Upgrade {
  // The reasons why no file is written still apply when the upgrade is due.
  const { remark } = outcome
  const known = upgrade.unwritten === true ? upgrade : withReasons(upgrade, remark === undefined ? [] : [remark])
  const { blocked: _blocked, completedAt: _refusedAt, ...free } = known
  return {
    ...free,
    status: 'scheduled',
    ...(outcome.result !== 'skipped' && { writtenAt: upgrade.writtenAt ?? time }),
    ...(outcome.hook === true && { hook: 'owed' }),
    ...defined({ fileMark: outcome.mark }),
  }
}

function triggered(written: Upgrade, before: Upgrade, { result }: Written, report: WriteReport): UpgradeMove {
  const { head, hostTime } = report
  // The switch may have happened before this poll saw the height, so the earlier observations of the node count.
  const old = before.evidence
  const nodeVersion = old?.nodeVersion ?? report.nodeVersion
  const evidence: CompletionEvidence = {
    block: head.number,
    head: head.number,
    since: hostTime,
    movedAt: hostTime,
    outage: old?.outage === true && (before.writtenAt !== undefined || result === 'skipped'),
    ...(old?.formerVersion !== undefined && { formerVersion: old.formerVersion, switchedBy: old.block }),
    ...defined({ nodeVersion }),
  }
  const time = head.timestamp
  return {
    type: 'triggered',
    upgrade: { ...written, status: 'in_progress', triggeredAt: time, evidence },
    time,
    silent: false,
  }
}

/** Returns true if the answer is about the plan that the upgrade has now, `info` included. */
export function isAbout({ plan }: Exclude<WriteOutcome, CleanupOutcome | FileNews>, upgrade: Upgrade): boolean {
  return plan === undefined || carriesPlan(upgrade, plan)
}

function writtenDespiteCancel(before: Upgrade, time: bigint): UpgradeMove {
  const reason = 'The file was written in the moment the upgrade was cancelled: check the node before it switches.'
  return {
    type: 'failed',
    upgrade: { ...before, status: 'failed', completedAt: time, reasons: [...before.reasons, reason] },
    time,
    silent: false,
    before,
  }
}
