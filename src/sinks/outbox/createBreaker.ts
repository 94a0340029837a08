import type { DeliveryReport } from './DeliveryReport.js'

/**
 * Tracks a channel that fails repeatedly, so that not every waiting row is tried at it. Times are Unix milliseconds.
 */
export interface Breaker {
  /** If nothing was counted yet, continues with the number of consecutive failures of an earlier process. */
  readonly resume: (failures: () => number) => void
  /**
   * Counts an attempt. Returns true if the channel works again after an outage so long that retries may be far ahead.
   */
  readonly note: (report: DeliveryReport) => boolean
  /** True while the channel fails: a single probe must succeed before anything else is tried. */
  readonly isTripped: () => boolean
  /**
   * True if the next probe is the newest row instead of the oldest. They alternate, because refused rows often follow
   * each other.
   */
  readonly isNewestNext: () => boolean
  /** When the next probe is due; undefined if that is not after `now`. */
  readonly openUntil: (now: number) => number | undefined
}

// Minimum number of consecutive failures that trip the breaker. Fewer may be caused by one notification, because some
// services answer the same 400 to a wrong key and to an unreadable message.
const leastFailures = 3
const firstMs = 1_000
const mostMs = 30_000
// Number of failures that takes about a minute; before that, the waits of the rows themselves are shorter.
const longFailures = 8

/**
 * Trips at the third consecutive failure. Then a single probe, instead of every waiting row, tests the channel after
 * one second, two, four and so on up to half a minute, or when the receiver asks for it. The first success resets it.
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
    // If the clock was set back, nothing waits for it to catch up.
    openUntil: (now) => (until > now && until - now <= mostMs ? until : undefined),
  }
}

/** If the receiver asked for a pause, its handler rests until then anyway. */
function asksToWait(report: DeliveryReport): boolean {
  return report.result === 'postponed' && (report.heldUntil ?? report.at) > report.at
}
