import type { SendRate } from '../../channels/Channel.js'

/** Keeps tries within a rate. Times are host clock, Unix milliseconds. */
export interface Pacer {
  /** How long a try has to wait at `now`, in milliseconds. */
  readonly waitMs: (now: number) => number
  /** Counts a try made at `now`. */
  readonly count: (now: number) => void
}

/** No more than `count` in any span of `perMs`, wherever it begins; without a rate no wait. */
export function createPacer(rate: SendRate | undefined): Pacer {
  if (rate === undefined) return { waitMs: () => 0, count: () => undefined }
  const { count, perMs } = rate
  const times: number[] = []
  return {
    waitMs: (now) => {
      const oldest = times.length < count ? undefined : times[0]
      // Where the clock steps back, no wait is longer than the span.
      return oldest === undefined ? 0 : Math.min(perMs, Math.max(0, oldest + perMs - now))
    },
    count: (now) => {
      if (times.push(now) > count) times.shift()
    },
  }
}
