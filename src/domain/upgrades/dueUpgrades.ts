import type { Head } from '../blocks/head.js'
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
  const isFree = ({ unwritten }: Upgrade): boolean => when === 'never' || unwritten === true
  const busy = live.filter(({ status }) => status === 'in_progress').length
  const next = nextInQueue(live, head)
  const mayWriteAhead = ({ height }: Upgrade): boolean =>
    busy === 0 &&
    (when === 'on-schedule' || (when === 'at-height' && head.number >= BigInt(height) - BigInt(leadBlocks)))
  const due = live.filter((upgrade) => {
    const { status, height, scheduledAt = head.timestamp, noticedAt = hostTime, writtenAt } = upgrade
    const waited = waitedSince({ scheduledAt, noticedAt }, { head, hostTime })
    if (status === 'in_progress') return false
    if (isFree(upgrade)) return head.number >= BigInt(height)
    if (waited < minUpgradeDelay) return false
    if (head.number > BigInt(height)) return true
    return upgrade === next && (head.number === BigInt(height) || (writtenAt === undefined && mayWriteAhead(upgrade)))
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

/** The live upgrade whose height comes next, of those in height order. */
export function nextInQueue(live: readonly Upgrade[], head: Head): Upgrade | undefined {
  return live.find(({ height }) => BigInt(height) >= head.number)
}
