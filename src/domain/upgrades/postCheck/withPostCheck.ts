import type { Upgrade } from '../upgrade.js'
import { defined } from '../../defined.js'
import type { SwitchEvidence } from '../switchEvidence.js'
import type { UpgradeMove } from '../upgradeMove.js'
import { versionBefore } from '../versionBefore.js'
import { isAbout } from '../withPreflight.js'
import type { FileNews } from '../writeOutcome.js'
import { type PostCheckRecord, postVerdictOf } from './postCheck.js'

type Looked = Extract<FileNews, { readonly result: 'postChecked' }>

/** Returns the upgrade with the result of a check, or unchanged if the check was about another plan. */
export function withPostCheck(upgrade: Upgrade, { plan, found }: Looked): Upgrade {
  if (!isAbout(upgrade, plan)) return upgrade
  const { checks, checkedAt } = found
  const { since, hasFailed, completedBy }: PostCheckRecord = upgrade.postCheck ?? { since: checkedAt }
  return {
    ...upgrade,
    postCheck: { since, verdict: postVerdictOf(checks), checkedAt, checks, ...defined({ hasFailed, completedBy }) },
  }
}

/** Records what completed an upgrade if no check after its height has passed so far. */
export function withCompletedBy(upgrade: Upgrade, completedBy: SwitchEvidence): Upgrade {
  const { postCheck } = upgrade
  return postCheck === undefined || postCheck.verdict === 'passed'
    ? upgrade
    : { ...upgrade, postCheck: { ...postCheck, completedBy } }
}

/** Announces once that a check passed that could not be made when the upgrade was completed. */
export function passLateCheck(
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

/** Fails an upgrade whose checks after the height failed, whether it was in progress or completed. */
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
