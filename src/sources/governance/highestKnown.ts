import type { ReadRequest } from './GovernanceReader.js'

// Number of ids that are asked about, if enough nodes do not know the highest one. Each asks every node. If too few
// answer, they would not answer about the others either, and a reading would wait for each node that hangs again.
const mostAsked = 8

/** The highest id that enough nodes know, and whether they know the highest one of all. */
export interface HighestKnown {
  readonly id: bigint
  /** `undefined` if too few nodes answered. */
  readonly isLast: boolean | undefined
}

/**
 * Returns the highest of these ids that enough nodes know, or `least`. The node that reported them may have invented
 * any of them: a cursor past such an id would hide the real proposals up to it. A long list is only sampled.
 */
export async function highestKnown(
  ids: readonly bigint[],
  least: bigint,
  isKnown: (id: bigint) => ReturnType<NonNullable<ReadRequest['isKnown']>>,
): Promise<HighestKnown> {
  const news = [...new Set(ids)].filter((id) => id > least).sort((a, b) => (a > b ? -1 : 1))
  const [last, ...others] = news
  if (last === undefined) return { id: least, isLast: true }
  const isLast = await isKnown(last)
  if (isLast !== false) return { id: isLast === true ? last : least, isLast }
  const step = Math.ceil(others.length / mostAsked)
  const sample = others.filter((_id, at) => at % step === 0)
  const answers = await Promise.all(sample.map(isKnown))
  return { id: sample.find((_id, at) => answers[at] === true) ?? least, isLast }
}
