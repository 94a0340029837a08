const firstMs = 1_000
const mostMs = 600_000

/**
 * Milliseconds to wait after a failed try: doubling from a second to ten minutes, and between half of that and
 * all of it, so that many rows do not come back in step. `earlier` counts the tries before the failed one.
 */
export function backOff(earlier: number, random: () => number): number {
  return Math.round(Math.min(mostMs, firstMs * 2 ** earlier) * (0.5 + random() / 2))
}
