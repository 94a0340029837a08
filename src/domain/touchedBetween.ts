import type { ChainState, TouchedKeys } from './chainState.js'
import { differingKeys } from './editedMap.js'
import type { ProposalKey } from './proposals/proposal.js'
import { isSightingOnly } from './upgrades/isSightingOnly.js'

/** Returns the keys of the parts of a state that changed. */
export function touchedBetween(before: ChainState, after: ChainState): TouchedKeys {
  const upgrades = differingKeys(before.upgrades, after.upgrades)
  const isSeenOnly = (key: ProposalKey): boolean => isSightingOnly(before.upgrades.get(key), after.upgrades.get(key))
  return {
    proposals: differingKeys(before.proposals, after.proposals),
    upgrades: upgrades.filter((key) => !isSeenOnly(key)),
    sightings: upgrades.filter(isSeenOnly),
    announcedIds: differingKeys(before.announcedIds, after.announcedIds),
  }
}
