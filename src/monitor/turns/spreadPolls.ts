// With more, the groups are smaller, and a chain that is read by itself costs the processor a quarter more. With fewer,
// the chains of a group wait for each other.
const groups = 16

/** Which of how many chains of the process is polled. */
export interface Share {
  readonly index: number
  readonly of: number
}

/** A chain without others beside it. */
export const alone: Share = { index: 0, of: 1 }

// A timer holds no more, and ends at once if it is given more.
const longestTimer = 2 ** 31 - 1

/** The longest wait between two polls of a chain, in milliseconds. */
export function longestWait(intervalMs: number): number {
  return Math.min(intervalMs + intervalMs / (2 * groups), longestTimer)
}

export interface SpreadOptions {
  readonly share: Share
  readonly intervalMs: number
  /** Steady clock in milliseconds. */
  readonly now: () => number
}

/**
 * Spreads the polls of many chains over their interval, in groups. All chains are polled at the start; then the first
 * wait of each is shortened to its share, because simultaneous polls would all be held in memory together. A later wait
 * ends at the nearest of sixteen instants in the interval, which all chains of that interval share: so it is at most a
 * thirty-second of the interval longer or shorter. A wait below the interval is kept, because a height is near, and so
 * are all waits of a chain that is alone.
 */
export function spreadPolls(periodMs: () => number, { share, intervalMs, now }: SpreadOptions): () => number {
  if (share.of === 1) return periodMs
  const firstPart = (share.index + 1) / share.of
  const apart = intervalMs / groups
  let isFirst = true
  return () => {
    const wait = periodMs()
    if (isFirst) {
      isFirst = false
      return Math.ceil(wait * firstPart)
    }
    if (wait < intervalMs) return wait
    const ended = now()
    return Math.min(Math.round((ended + wait) / apart) * apart - ended, longestWait(intervalMs))
  }
}
