import type { SendRate } from '../../channels/Channel.js'

/** Keeps the tries of a handler, and all requests of each, within a rate. Times are host clock, Unix milliseconds. */
export interface Pacer {
  /**
   * Where nothing was sent yet: goes on, at `now`, with what a process of before sent. Asks once when its deliveries
   * ended since a time, oldest first.
   */
  readonly resume: (now: number, sentSince: (since: number) => readonly number[]) => void
  /** How long a try has to wait at `now`, in milliseconds. */
  readonly waitMs: (now: number) => number
  /**
   * How long what can wait has to wait at `now`, in milliseconds: it takes half of the rate, so that something else can
   * go at any time.
   */
  readonly spareWaitMs: (now: number) => number
  /** Counts a try made at `now`: its first request is that. */
  readonly begin: (now: number) => void
  /** Counts a request of the try under way, and says how long it has to wait at `now`, in milliseconds. */
  readonly request: (now: number) => number
  /** Ends the request under way at `now`: nobody knows when it arrived, but it was no later. */
  readonly answered: (now: number) => void
  /** Takes back the request that waits: it never went. */
  readonly dropped: () => void
  /** How long the requests of the try under way had to wait, in milliseconds. */
  readonly waited: () => number
}

const unlimited: SendRate = { count: Infinity, perMs: 0 }

// More than any rate counts: who takes over may have a wider one.
const mostKept = 10_000

/**
 * No more than `count` arrive in any span of `perMs`, wherever it begins. Without a rate nothing waits, but what
 * is sent is noted as well: one with a rate may take over.
 *
 * @param times - When the newest requests arrived at the latest, oldest first: it goes on with them, and keeps them up
 *   to date, so that another pacer that takes over begins with no burst. @defaultValue none was made
 */
export function createPacer(rate: SendRate | undefined, times: number[] = []): Pacer {
  const { count, perMs } = rate ?? unlimited
  let isResumed = rate === undefined || times.length > 0
  let isCounted = false
  let waited = 0

  /**
   * What lies further ahead than any wait was noted before the clock stepped back, maybe by a process of before: it
   * counts as sent now, or each of so many would cost a whole span.
   */
  function comeBack(now: number): void {
    if (!times.some((time) => time > now + perMs)) return
    times.splice(0, times.length, ...times.map((time) => Math.min(time, now)).toSorted((one, other) => one - other))
  }
  /** Until there are fewer than `most` of the newest requests within the span. */
  function waitFor(most: number, span: number, now: number): number {
    comeBack(now)
    const oldest = times.at(-most)
    // Where the clock steps back, no wait is longer than the span.
    return oldest === undefined ? 0 : Math.min(span, Math.max(0, oldest + span - now))
  }
  const waitMs = (now: number): number => waitFor(count, perMs, now)
  // Half of one is one in twice the time.
  const [half, halfPerMs] = count === 1 ? [1, 2 * perMs] : [Math.floor(count / 2), perMs]
  function add(time: number): void {
    if (times.push(time) > mostKept) times.shift()
  }
  return {
    resume: (now, sentSince) => {
      if (isResumed) return
      times.push(...sentSince(now - 2 * perMs).slice(-mostKept))
      isResumed = true
    },
    waitMs,
    spareWaitMs: (now) => waitFor(half, halfPerMs, now),
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
    dropped: () => {
      times.pop()
    },
    waited: () => waited,
  }
}
