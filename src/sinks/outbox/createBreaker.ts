import type { DeliveryReport } from './DeliveryReport.js'

/** Knows of a channel that fails try after try, so that not all that waits is tried at it. Times are Unix ms. */
export interface Breaker {
  /** Where nothing was counted yet: goes on with as many tries in a row that failed in a process of before. */
  readonly resume: (failures: () => number) => void
  /** Counts a try. True where the channel is back after so long that next tries may lie far ahead. */
  readonly note: (report: DeliveryReport) => boolean
  /** True where it fails: one try is to tell whether it is back, before anything else is tried. */
  readonly isTripped: () => boolean
  /** Until when that one is to wait; undefined where that is not after `now`. */
  readonly openUntil: (now: number) => number | undefined
}

// So many tries in a row that failed are no matter of one notification.
const leastFailures = 3
const firstMs = 1_000
const mostMs = 30_000
// A minute of them: each wait of its own is shorter before.
const longFailures = 8

/**
 * Trips with the third try in a row that fails: then one try after a second, two, four and so on to half a minute, or
 * when the receiver says, tells whether the channel is back, in place of one for each row that waits. The first that
 * is taken, or refused for what it is, ends that.
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
      failures = isFailure(report) ? before + 1 : 0
      const wait = Math.min(mostMs, firstMs * 2 ** (failures - leastFailures))
      until = failures < leastFailures || asksToWait(report) ? -Infinity : report.at + wait
      return failures === 0 && before >= longFailures
    },
    isTripped: () => (failures ?? 0) >= leastFailures,
    // Where the clock has stepped back, nothing waits for it to catch up.
    openUntil: (now) => (until > now && until - now <= mostMs ? until : undefined),
  }
}

/** Its handler rests until then anyway. */
function asksToWait(report: DeliveryReport): boolean {
  return report.result === 'postponed' && (report.heldUntil ?? report.at) > report.at
}

// Of HTTP and of SMTP: who is refused is us, or nothing is there. What is refused with another one, such as 400, is the
// message: the channel has answered.
const refusesUs: ReadonlySet<number> = new Set([401, 403, 404, 407, 410, 530, 534, 535])

function isFailure(report: DeliveryReport): boolean {
  if (report.result !== 'buried') return report.result === 'postponed'
  const { isGivenUp = false, status = 0 } = report
  // Slack says with 200 that a token or a channel is not good.
  return isGivenUp || refusesUs.has(status) || (status >= 200 && status <= 399)
}
