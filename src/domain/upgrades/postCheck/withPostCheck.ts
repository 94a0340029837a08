import type { Upgrade } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import { isAbout } from '../withPreflight.js'
import type { FileNews } from '../writeOutcome.js'
import { postVerdictOf } from './postCheck.js'

type Looked = Extract<FileNews, { readonly result: 'postChecked' }>

/** The upgrade with what a look came to; as it was where the look was about a plan that it has no more. */
export function withPostCheck(upgrade: Upgrade, { plan, found }: Looked): Upgrade {
  if (!isAbout(upgrade, plan)) return upgrade
  const { checks, checkedAt } = found
  const { since, hasFailed } = upgrade.postCheck ?? { since: checkedAt }
  return {
    ...upgrade,
    postCheck: { since, verdict: postVerdictOf(checks), checkedAt, checks, ...(hasFailed === true && { hasFailed }) },
  }
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
  const failed: Upgrade = {
    ...upgrade,
    status: 'failed',
    completedAt: time,
    reasons,
    postCheck: { ...postCheck, hasFailed: true },
  }
  return [{ type: 'failed', upgrade: failed, time, silent: false, isUnwell: true }]
}
