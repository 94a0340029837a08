import type { Head } from './head.js'
import type { ProposalKey } from './proposal.js'
import type { Scheduling } from './scheduling.js'
import type { Upgrade } from './upgrade.js'

/**
 * The scheduled upgrades whose file may be written at `head`, lowest height first: the height is reached (less
 * the lead), the delay since scheduling is over, and a place is free among those in progress.
 */
export function dueUpgrades(upgrades: ReadonlyMap<ProposalKey, Upgrade>, head: Head, options: Scheduling): readonly Upgrade[] {
  const { leadBlocks, maxConcurrentUpgrades, minUpgradeDelay, when } = options
  const delay = BigInt(Math.ceil(minUpgradeDelay / 1000))
  const all = [...upgrades.values()]
  const busy = all.filter(({ status }) => status === 'in_progress').length
  return all
    .filter(({ status, height, scheduledAt, writtenAt }) => {
      if (status !== 'scheduled' || head.timestamp < (scheduledAt ?? head.timestamp) + delay) return false
      const reached = head.number >= BigInt(height) - BigInt(when === 'at-height' ? leadBlocks : 0)
      return reached || (when === 'on-schedule' && writtenAt === undefined)
    })
    .sort(byHeight)
    .slice(0, Math.max(0, maxConcurrentUpgrades - busy))
}

/** Height order; at one height the older proposal first. */
export function byHeight(a: Upgrade, b: Upgrade): number {
  return a.height - b.height || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
}
