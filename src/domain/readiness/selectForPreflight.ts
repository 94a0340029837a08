import { byHeight } from '../upgrades/queueOf.js'
import type { Upgrade } from '../upgrades/upgrade.js'

/**
 * The upgrades to look at, in height order: those that are scheduled; or, where one is asked for by its name or its
 * key, each of that name that still lies ahead, be its vote still running.
 */
export function selectForPreflight(upgrades: Iterable<Upgrade>, wanted?: string): readonly Upgrade[] {
  return [...upgrades]
    .filter(({ key, name, status }) =>
      wanted === undefined
        ? status === 'scheduled'
        : (status === 'scheduled' || status === 'pending') && (name === wanted || key === wanted),
    )
    .sort(byHeight)
}
