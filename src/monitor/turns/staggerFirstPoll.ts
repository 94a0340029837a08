/**
 * Spreads the polls of many chains over their interval. All chains are polled at the start; then the first wait of each
 * is shortened to its share. Simultaneous polls would all be held in memory together.
 *
 * @param share - Fraction of the interval, above 0 and up to 1; 1 shortens nothing.
 */
export function staggerFirstPoll(periodMs: () => number, share: number): () => number {
  let isFirst = true
  return () => {
    const wait = isFirst ? Math.ceil(periodMs() * share) : periodMs()
    isFirst = false
    return wait
  }
}
