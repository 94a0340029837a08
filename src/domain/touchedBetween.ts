import type { ChainState, Touched } from './chainState.js'

/** What of a state is another thing than before. */
export function touchedBetween(before: ChainState, after: ChainState): Touched {
  return {
    proposals: differingKeys(before.proposals, after.proposals),
    upgrades: differingKeys(before.upgrades, after.upgrades),
    announcedIds: differingKeys(before.announcedIds, after.announcedIds),
  }
}

/**
 * Keys under which two maps do not hold the same object: those of `after` in its order, then those that it lacks.
 * Values are immutable, so the same object is the same content.
 */
export function differingKeys(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): readonly string[] {
  if (before === after) return []
  const differing: string[] = []
  for (const [key, value] of after) if (before.get(key) !== value) differing.push(key)
  for (const key of before.keys()) if (!after.has(key)) differing.push(key)
  return differing
}
