import type { Upgrade } from '../upgrade.js'
import { defined } from '../../defined.js'
import type { SwitchEvidence } from '../switchEvidence.js'
import type { UpgradeMove } from '../upgradeMove.js'
import { versionBefore } from '../versionBefore.js'
import { isAbout } from '../withPreflight.js'
import type { FileNews } from '../writeOutcome.js'
import { type PostCheckRecord, postVerdictOf } from './postCheck.js'

type Looked = Extract<FileNews, { readonly result: 'postChecked' }>

/** The upgrade with what a look came to; as it was where the look was about a plan that it has no more. */
export function withPostCheck(upgrade: Upgrade, { plan, found }: Looked): Upgrade {
  if (!isAbout(upgrade, plan)) return upgrade
  const { checks, checkedAt } = found
  const { since, hasFailed, completedBy }: PostCheckRecord = upgrade.postCheck ?? { since: checkedAt }
  return {
    ...upgrade,
    postCheck: { since, verdict: postVerdictOf(checks), checkedAt, checks, ...defined({ hasFailed, completedBy }) },
  }
}

/** A completed upgrade that remembers what completed it, where nothing good could be seen after its height so far. */
export function completedUnseen(upgrade: Upgrade, completedBy: SwitchEvidence): Upgrade {
  const { postCheck } = upgrade
  return postCheck === undefined || postCheck.verdict === 'passed'
    ? upgrade
    : { ...upgrade, postCheck: { ...postCheck, completedBy } }
}

/** What could not be seen when an upgrade was completed, and is well now, is told once. */
export function seenWell(
  upgrade: Upgrade,
  { plan }: Looked,
  { time, nodeVersion }: { readonly time: bigint; readonly nodeVersion?: string },
): readonly UpgradeMove[] {
  const { postCheck, status, withdrawn } = upgrade
  if (status !== 'completed' || withdrawn === true || !isAbout(upgrade, plan)) return []
  if (postCheck?.verdict !== 'passed' || postCheck.completedBy === undefined) return []
  const { completedBy: evidence, ...seen } = postCheck
  const switched = {
    evidence,
    ...defined({ oldVersion: versionBefore(upgrade.evidence, nodeVersion), newVersion: nodeVersion }),
  }
  return [
    {
      type: 'completed',
      upgrade: { ...upgrade, postCheck: seen },
      time,
      silent: false,
      seen: switched,
      isSeenNow: true,
    },
  ]
}

/** An upgrade that has not come out well by what was seen after its height has failed, whatever its status was. */
export function failedAfterHeight(upgrade: Upgrade, { plan }: Looked, time: bigint): readonly UpgradeMove[] {
  const { postCheck, status } = upgrade
  if (!isAbout(upgrade, plan) || postCheck?.verdict !== 'failed') return []
  const isOpen = status === 'in_progress' || status === 'completed' || (status === 'failed' && !postCheck.hasFailed)
  if (!isOpen || upgrade.withdrawn === true) return []
  const reasons = (postCheck.checks ?? []).flatMap(({ verdict, reason, todo }) =>
    verdict === 'failed' ? [todo === undefined ? reason : `${reason} ${todo}`] : [],
  )
  const { completedBy: _completed, ...record } = postCheck
  const failed: Upgrade = {
    ...upgrade,
    status: 'failed',
    completedAt: time,
    reasons,
    postCheck: { ...record, hasFailed: true },
  }
  return [{ type: 'failed', upgrade: failed, time, silent: false, isUnwell: true }]
}
