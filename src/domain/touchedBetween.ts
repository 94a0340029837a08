import type { ChainState, TouchedKeys } from './chainState.js'
import { differingKeys } from './editedMap.js'

/** What of a state is another thing than before. */
export function touchedBetween(before: ChainState, after: ChainState): TouchedKeys {
  return {
    proposals: differingKeys(before.proposals, after.proposals),
    upgrades: differingKeys(before.upgrades, after.upgrades),
    announcedIds: differingKeys(before.announcedIds, after.announcedIds),
  }
}
