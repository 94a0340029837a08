const firstMs = 1_000
const mostMs = 600_000

/**
 * Milliseconds to wait after a failed attempt. The wait doubles from one second up to ten minutes; jitter reduces it to
 * between half and all of that, so that many rows do not retry at the same time. `earlier` is the number of attempts
 * before the failed one.
 */
export function backOff(earlier: number, random: () => number): number {
  return Math.round(Math.min(mostMs, firstMs * 2 ** earlier) * (0.5 + random() / 2))
}
