import type { SendRate } from '../../channels/Channel.js'

/** Keeps the tries of a handler, and all requests of each, within a rate. Times are host clock, Unix milliseconds. */
export interface Pacer {
  /** How long a try has to wait at `now`, in milliseconds. */
  readonly waitMs: (now: number) => number
  /** Counts a try made at `now`: its first request is that. */
  readonly begin: (now: number) => void
  /** Counts a request of the try under way, and says how long it has to wait at `now`, in milliseconds. */
  readonly request: (now: number) => number
  /** Ends the request under way at `now`: nobody knows when it arrived, but it was no later. */
  readonly answered: (now: number) => void
  /** How long the requests of the try under way had to wait, in milliseconds. */
  readonly waited: () => number
}

const unlimited: Pacer = {
  waitMs: () => 0,
  begin: () => undefined,
  request: () => 0,
  answered: () => undefined,
  waited: () => 0,
}

/** No more than `count` arrive in any span of `perMs`, wherever it begins; without a rate no wait. */
export function createPacer(rate: SendRate | undefined): Pacer {
  if (rate === undefined) return unlimited
  const { count, perMs } = rate
  const times: number[] = []
  let isCounted = false
  let waited = 0

  function waitMs(now: number): number {
    const oldest = times.length < count ? undefined : times[0]
    // Where the clock steps back, no wait is longer than the span.
    return oldest === undefined ? 0 : Math.min(perMs, Math.max(0, oldest + perMs - now))
  }
  function add(time: number): void {
    if (times.push(time) > count) times.shift()
  }
  return {
    waitMs,
    begin: (now) => {
      add(now)
      isCounted = true
      waited = 0
    },
    request: (now) => {
      if (isCounted) {
        isCounted = false
        // It goes a little after its try began.
        times.pop()
        add(now)
        return 0
      }
      const wait = waitMs(now)
      add(now + wait)
      waited += wait
      return wait
    },
    answered: (now) => {
      times.pop()
      add(now)
    },
    waited: () => waited,
  }
}
