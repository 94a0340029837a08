import type { Head } from '../blocks/head.js'
import { hasHeight, isPassed, isReached } from '../plans/dueAt.js'
import type { ProposalKey } from '../proposals/proposal.js'
import { byHeight, isLive } from './queueOf.js'
import type { ResolvedPlanOptions } from './planOptions.js'
import { isBlocked, type Upgrade } from './upgrade.js'

/**
 * Returns the scheduled upgrades that are due at `head`, lowest height first: the height is reached (for the first
 * writing, minus the lead), the delay since scheduling is over, and fewer than the maximum are in progress.
 *
 * The file holds one plan. So no upgrade is due before the chain has passed every lower one, and none is written ahead
 * while another is in progress. An upgrade that is blocked by the content of the file is returned again when no other
 * is due.
 *
 * The delay is over if the clock of the chain or that of the host says so, because a chain that halts at the height has
 * no later time.
 */
export function dueUpgrades(
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  { head, hostTime }: { readonly head: Head; readonly hostTime: number },
  options: ResolvedPlanOptions,
): readonly Upgrade[] {
  const { leadBlocks, maxConcurrentUpgrades, minUpgradeDelay, when } = options
  const all = [...upgrades.values()].filter((upgrade) => isLive(upgrade) || isBlocked(upgrade)).sort(byHeight)
  const live = all.filter(isLive)
  // An upgrade without a file has no delay and does not count against the maximum.
  const isFree = (upgrade: Upgrade): boolean => when === 'never' || upgrade.unwritten === true || !hasHeight(upgrade)
  const busy = live.filter(({ status }) => status === 'in_progress').length
  const next = nextInQueue(live, head)
  const mayWriteAhead = (upgrade: Upgrade): boolean =>
    busy === 0 && (when === 'on-schedule' || (when === 'at-height' && isReached(upgrade, head, leadBlocks)))
  const due = live.filter((upgrade) => {
    const { status, scheduledAt = head.timestamp, noticedAt = hostTime, writtenAt } = upgrade
    const waited = waitedSince({ scheduledAt, noticedAt }, { head, hostTime })
    if (status === 'in_progress') return false
    if (isFree(upgrade)) return isReached(upgrade, head)
    if (waited < minUpgradeDelay) return false
    if (isPassed(upgrade, head)) return true
    return upgrade === next && (isReached(upgrade, head) || (writtenAt === undefined && mayWriteAhead(upgrade)))
  })
  const taken = [
    ...due.filter(isFree),
    ...due.filter((upgrade) => !isFree(upgrade)).slice(0, Math.max(0, maxConcurrentUpgrades - busy)),
  ]
  return taken.length > 0 || busy > 0 ? taken : all.filter(isBlocked).slice(0, 1)
}

/** Returns how long an upgrade has waited, in milliseconds, by the clock that gives the longer time. */
export function waitedSince(
  { scheduledAt, noticedAt }: { readonly scheduledAt: bigint; readonly noticedAt: number },
  { head, hostTime }: { readonly head: Head; readonly hostTime: number },
): number {
  return Math.max(Number(head.timestamp - scheduledAt) * 1000, hostTime - noticedAt)
}

/** Returns the next upgrade that the chain has not passed; `live` must be in the order in which they are due. */
export function nextInQueue(live: readonly Upgrade[], head: Head): Upgrade | undefined {
  return live.find((upgrade) => !isPassed(upgrade, head))
}
