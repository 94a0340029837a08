import type { ChainState } from './chainState.js'
import { nextUp } from './dueUpgrades.js'
import { canonical } from './json.js'
import { byHeight, isLive } from './queueOf.js'
import { isBlocked, type Upgrade } from './upgrade.js'

/**
 * True while the state still asks for an upgrade that was due: its plan is the same and waits, the block that made it
 * due is still reached, and no lower one has come before it. In a backlog its end may lie unread.
 */
export function isStillDue(upgrade: Upgrade, reached: bigint, { head, health, upgrades }: ChainState): boolean {
  const now = upgrades.get(upgrade.key)
  if (head === undefined || head.number < reached || health.backlog > 0n || now === undefined || !isSamePlan(now, upgrade)) return false
  if (isBlocked(now)) return true
  if (now.status !== 'scheduled') return false
  const live = [...upgrades.values()].filter(isLive).sort(byHeight)
  return head.number > BigInt(now.height) || nextUp(live, head) === now
}

function isSamePlan(a: Upgrade, b: Upgrade): boolean {
  return a.name === b.name && a.height === b.height && canonical(a.info ?? null) === canonical(b.info ?? null)
}
