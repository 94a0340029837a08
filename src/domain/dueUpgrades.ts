import type { Head } from './head.js'
import type { ProposalKey } from './proposal.js'
import { byHeight, isLive } from './queueOf.js'
import type { Scheduling } from './scheduling.js'
import { isBlocked, type Upgrade } from './upgrade.js'

/**
 * The scheduled upgrades that are due at `head`, lowest height first: the height is reached (less the lead, for the
 * first writing), the delay since scheduling is over, and a place is free among those in progress.
 *
 * The file holds one plan: none is due before the chain has passed every lower one, and none is written ahead
 * while another is in progress. One that what is in the file holds up is asked for again, for as long as `lateLimit`.
 */
export function dueUpgrades(upgrades: ReadonlyMap<ProposalKey, Upgrade>, head: Head, options: Scheduling): readonly Upgrade[] {
  const { leadBlocks, maxConcurrentUpgrades, minUpgradeDelay, when } = options
  const delay = BigInt(Math.ceil(minUpgradeDelay / 1000))
  const live = [...upgrades.values()].filter((upgrade) => isLive(upgrade) || mayStillBeWritten(upgrade, head, options)).sort(byHeight)
  const busy = live.filter(({ status }) => status === 'in_progress').length
  const next = nextUp(live, head)
  const mayWriteAhead = ({ height }: Upgrade): boolean =>
    busy === 0 && (when === 'on-schedule' || (when === 'at-height' && head.number >= BigInt(height) - BigInt(leadBlocks)))
  return live
    .filter((upgrade) => {
      const { status, height, scheduledAt, writtenAt } = upgrade
      if (status === 'in_progress' || head.timestamp < (scheduledAt ?? head.timestamp) + delay) return false
      if (head.number > BigInt(height)) return true
      return upgrade === next && (head.number === BigInt(height) || (writtenAt === undefined && mayWriteAhead(upgrade)))
    })
    .slice(0, Math.max(0, maxConcurrentUpgrades - busy))
}

function mayStillBeWritten(upgrade: Upgrade, head: Head, { lateLimit }: Scheduling): boolean {
  const { completedAt = 0n } = upgrade
  return isBlocked(upgrade) && head.timestamp - completedAt <= BigInt(Math.ceil(lateLimit / 1000))
}

/** The live upgrade whose height comes next, of those in height order. */
export function nextUp(live: readonly Upgrade[], head: Head): Upgrade | undefined {
  return live.find(({ height }) => BigInt(height) >= head.number)
}
