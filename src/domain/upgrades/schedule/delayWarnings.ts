import { type DueAt, etaAt, hasHeight } from '../../plans/dueAt.js'
import { durationText } from '../../text/time.js'
import { waitedSince } from '../dueUpgrades.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import type { ScheduleContext } from './ScheduleContext.js'

const opening = 'The height comes before minUpgradeDelay '

/** Warns if `minUpgradeDelay` ends after the height, so that the operator can still change it in time. */
export function delayWarnings(
  plan: DueAt,
  since: { readonly scheduledAt: bigint; readonly noticedAt: number },
  { head, hostTime, blockTime }: Pick<ScheduleContext, 'head' | 'hostTime' | 'blockTime'>,
  { minUpgradeDelay }: Pick<ResolvedPlanOptions, 'minUpgradeDelay'>,
): readonly string[] {
  const eta = blockTime === undefined ? undefined : etaAt(plan, head, blockTime)
  const left = minUpgradeDelay - waitedSince(since, { head, hostTime })
  if (!hasHeight(plan) || eta === undefined || left <= 0 || Number(eta - head.timestamp) * 1000 >= left) return []
  return [
    `${opening}(${durationText(Math.round(minUpgradeDelay / 1000))}) is over: the file is written only then, too late. Lower scheduler.minUpgradeDelay to have it in time.`,
  ]
}

export function isDelayWarning(reason: string): boolean {
  return reason.startsWith(opening)
}
