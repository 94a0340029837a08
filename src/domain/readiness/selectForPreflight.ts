import { byHeight } from '../upgrades/queueOf.js'
import { isBlocked, type Upgrade } from '../upgrades/upgrade.js'

/**
 * The upgrades to look at, in height order: those that are scheduled, or are due and only kept back by what the file
 * holds; or, where one is asked for by its name or its key, each of that name that still lies ahead, be its vote still
 * running.
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
