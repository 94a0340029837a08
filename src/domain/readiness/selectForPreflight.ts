import { byHeight } from '../upgrades/queueOf.js'
import { isBlocked, type Upgrade } from '../upgrades/upgrade.js'

/**
 * Returns the upgrades to check, in height order: those that are scheduled, or are blocked only by the content of the
 * file. If `wanted` is a name or a key, only matching upgrades are returned, including those that are still being voted
 * on.
 */
export function selectForPreflight(upgrades: Iterable<Upgrade>, wanted?: string): readonly Upgrade[] {
  return [...upgrades]
    .filter((upgrade) => {
      const { key, name, status } = upgrade
      const waits = status === 'scheduled' || isBlocked(upgrade)
      return wanted === undefined ? waits : (waits || status === 'pending') && (name === wanted || key === wanted)
    })
    .sort(byHeight)
}
