import type { DeliveryReport } from './DeliveryReport.js'

/** Knows of a channel that fails try after try, so that not all that waits is tried at it. Times are Unix ms. */
export interface Breaker {
  /** Counts a try. */
  readonly note: (report: DeliveryReport) => void
  /** Until when nothing but what is critical is to be tried; undefined where that is not after `now`. */
  readonly openUntil: (now: number) => number | undefined
}

// So many tries in a row that failed are no matter of one notification.
const leastFailures = 3
const firstMs = 1_000
const mostMs = 30_000

/**
 * Opens with the third try in a row that fails: then one try after a second, two, four and so on to half a minute tells
 * whether the channel is back, in place of one for each row that waits. The first that succeeds closes it.
 */
export function createBreaker(): Breaker {
  let failures = 0
  let until = -Infinity
  return {
    note: ({ result, at }) => {
      failures = result === 'postponed' ? failures + 1 : 0
      const wait = Math.min(mostMs, firstMs * 2 ** (failures - leastFailures))
      until = failures < leastFailures ? -Infinity : at + wait
    },
    // Where the clock has stepped back, nothing waits for it to catch up.
    openUntil: (now) => (until > now && until - now <= mostMs ? until : undefined),
  }
}
