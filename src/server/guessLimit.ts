/** What is counted together, and its allowance of wrong guesses: `atOnce` of them, then one per `everyMs`. */
export interface GuessCount {
  readonly key: string
  readonly atOnce: number
  readonly everyMs: number
}

export interface GuessLimit {
  /** Returns how long these must wait before the next guess, in milliseconds; 0 if they need not. */
  readonly waitOf: (counts: readonly GuessCount[], now: number) => number
  /** Counts a wrong guess. */
  readonly note: (counts: readonly GuessCount[], now: number) => void
}

/**
 * Slows down clients that guess tokens. Keeps one time per key, for at most `mostKeys` keys; the key whose last guess
 * is the oldest is dropped first.
 */
export function createGuessLimit(mostKeys = 10_000): GuessLimit {
  // When each key has its full allowance again, Unix milliseconds; the key that guessed last is at the end.
  const fullAt = new Map<string, number>()

  // Limited, so that a clock that was set back makes nobody wait longer than for a full allowance.
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
