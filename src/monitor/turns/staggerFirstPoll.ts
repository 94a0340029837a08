/**
 * Spreads the polls of many chains over their interval: all begin at once, then the first wait of each is shortened
 * to its share. Polls that come together would be held in memory together.
 *
 * @param share - Above 0 and up to 1; 1 shortens nothing.
 */
export function staggerFirstPoll(periodMs: () => number, share: number): () => number {
  let isFirst = true
  return () => {
    const wait = isFirst ? Math.ceil(periodMs() * share) : periodMs()
    isFirst = false
    return wait
  }
}
