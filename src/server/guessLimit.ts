/** What is counted together, and how many wrong guesses it is given: so many at once, then one each `everyMs`. */
export interface GuessCount {
  readonly key: string
  readonly atOnce: number
  readonly everyMs: number
}

export interface GuessLimit {
  /** How long none of these may guess, in milliseconds; 0 where all may. */
  readonly waitOf: (counts: readonly GuessCount[], now: number) => number
  /** Counts a wrong guess. */
  readonly note: (counts: readonly GuessCount[], now: number) => void
}

/**
 * Slows down who guesses. Keeps one moment a key, of `mostKeys` at most: beyond that who guessed longest ago is
 * forgotten.
 */
export function createGuessLimit(mostKeys = 10_000): GuessLimit {
  // When each will have all its guesses again, Unix milliseconds; who guessed last stands last.
  const fullAt = new Map<string, number>()

  // A clock that was set back makes nobody wait longer than for all guesses.
  const spentOf = ({ key, atOnce, everyMs }: GuessCount, now: number): number =>
    Math.min(Math.max(0, (fullAt.get(key) ?? now) - now), atOnce * everyMs)

  return {
    waitOf: (counts, now) =>
      Math.max(0, ...counts.map((count) => spentOf(count, now) - (count.atOnce - 1) * count.everyMs)),
    note: (counts, now) => {
      for (const count of counts) {
        const spent = spentOf(count, now) + count.everyMs
        fullAt.delete(count.key)
        fullAt.set(count.key, now + spent)
      }
      for (const key of fullAt.keys()) {
        if (fullAt.size <= mostKeys) break
        fullAt.delete(key)
      }
    },
  }
}
