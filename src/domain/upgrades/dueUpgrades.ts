import type { Head } from '../blocks/head.js'
import { hasHeight, isPassed, isReached } from '../plans/dueAt.js'
import type { ProposalKey } from '../proposals/proposal.js'
import { byHeight, isLive } from './queueOf.js'
import type { ResolvedPlanOptions } from './planOptions.js'
import { isBlocked, type Upgrade } from './upgrade.js'

/**
 * The scheduled upgrades that are due at `head`, lowest height first: the height is reached (less the lead, for the
 * first writing), the delay since scheduling is over, and a place is free among those in progress.
 *
 * The file holds one plan: none is due before the chain has passed every lower one, and none is written ahead
 * while another is in progress. One that what is in the file holds up is asked for again while no other is there.
 *
 * The delay is over by the clock of the chain or by the host's: a chain that halts at the height has no more time.
 */
export function dueUpgrades(
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  { head, hostTime }: { readonly head: Head; readonly hostTime: number },
  options: ResolvedPlanOptions,
): readonly Upgrade[] {
  const { leadBlocks, maxConcurrentUpgrades, minUpgradeDelay, when } = options
  const all = [...upgrades.values()].filter((upgrade) => isLive(upgrade) || isBlocked(upgrade)).sort(byHeight)
  const live = all.filter(isLive)
  // Where there is no file there is no delay for it, and no place to wait for.
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

/** How long an upgrade has waited, in milliseconds: by the clock that says more. */
export function waitedSince(
  { scheduledAt, noticedAt }: { readonly scheduledAt: bigint; readonly noticedAt: number },
  { head, hostTime }: { readonly head: Head; readonly hostTime: number },
): number {
  return Math.max(Number(head.timestamp - scheduledAt) * 1000, hostTime - noticedAt)
}

/** The live upgrade that comes next, of those in the order in which they are due. */
export function nextInQueue(live: readonly Upgrade[], head: Head): Upgrade | undefined {
  return live.find((upgrade) => !isPassed(upgrade, head))
}
