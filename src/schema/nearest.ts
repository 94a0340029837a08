/** Returns the word of `known` that `word` most likely means, or undefined if none is similar. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const least = 2 + Math.floor(word.length / 6)
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(plain(word), plain(candidate)) }))
    // Words that share less than half of their letters are two words: port does not mean cors.
    .filter(({ candidate, edits }) => edits <= least && 2 * edits < Math.max(plain(word).length, candidate.length))
    .sort((a, b) => a.edits - b.edits)
  return ranked[0]?.candidate
}

// poll_interval, poll-interval and pollinterval all mean pollInterval. The length is limited because the word may be
// anything.
function plain(word: string): string {
  return word
    .slice(0, 60)
    .replaceAll(/[^a-zA-Z0-9]/g, '')
    .toLowerCase()
}

/** The number of letters to add, remove, replace or swap with the next one (optimal string alignment), row by row. */
function distance(a: string, b: string): number {
  const letters = Array.from(b)
  let beforeThat: readonly number[] = []
  let above = [0, ...letters.map((_, index) => index + 1)]
  let previous: string | undefined
  for (const [row, letter] of Array.from(a).entries()) {
    const current = [row + 1]
    for (const [column, other] of letters.entries()) {
      const isSwapped = letter === letters[column - 1] && other === previous
      current.push(
        Math.min(
          (above[column + 1] ?? 0) + 1,
          (current[column] ?? 0) + 1,
          (above[column] ?? 0) + (letter === other ? 0 : 1),
          isSwapped ? (beforeThat[column - 1] ?? 0) + 1 : Infinity,
        ),
      )
    }
    beforeThat = above
    above = current
    previous = letter
  }
  return above.at(-1) ?? 0
}
