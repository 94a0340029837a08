import type { DeliveryReport } from './DeliveryReport.js'

/** Knows of a channel that fails try after try, so that not all that waits is tried at it. Times are Unix ms. */
export interface Breaker {
  /** Where nothing was counted yet: goes on with as many tries in a row that failed in a process of before. */
  readonly resume: (failures: () => number) => void
  /** Counts a try. True where the channel is back after so long that next tries may lie far ahead. */
  readonly note: (report: DeliveryReport) => boolean
  /** True where it fails: one try is to tell whether it is back, before anything else is tried. */
  readonly isTripped: () => boolean
  /** True where that one is to be the newest, not the oldest: each in turn, for what is refused comes in a row. */
  readonly isNewestNext: () => boolean
  /** Until when that one is to wait; undefined where that is not after `now`. */
  readonly openUntil: (now: number) => number | undefined
}

// So many tries in a row that failed are no matter of one notification, whatever the channel says: a wrong key and a
// message that it cannot read are one and the same 400 to some.
const leastFailures = 3
const firstMs = 1_000
const mostMs = 30_000
// A minute of them: each wait of its own is shorter before.
const longFailures = 8

/**
 * Trips with the third try in a row that fails: then one try after a second, two, four and so on to half a minute, or
 * when the receiver says, tells whether the channel is back, in place of one for each row that waits. The first that
 * is taken ends that.
 */
export function createBreaker(): Breaker {
  let failures: number | undefined
  let until = -Infinity
  return {
    resume: (before) => {
      failures ??= before()
    },
    note: (report) => {
      const before = failures ?? 0
      failures = report.result === 'delivered' ? 0 : before + 1
      const wait = Math.min(mostMs, firstMs * 2 ** (failures - leastFailures))
      until = failures < leastFailures || asksToWait(report) ? -Infinity : report.at + wait
      return failures === 0 && before >= longFailures
    },
    isTripped: () => (failures ?? 0) >= leastFailures,
    isNewestNext: () => ((failures ?? 0) - leastFailures) % 2 === 1,
    // Where the clock has stepped back, nothing waits for it to catch up.
    openUntil: (now) => (until > now && until - now <= mostMs ? until : undefined),
  }
}

/** Its handler rests until then anyway. */
function asksToWait(report: DeliveryReport): boolean {
  return report.result === 'postponed' && (report.heldUntil ?? report.at) > report.at
}
