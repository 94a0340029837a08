// Maximum wait for one node, in milliseconds, so that a node that hangs does not delay the answers of the others.
const longest = 5_000
// Maximum wait for a node that hung recently, in milliseconds. Healthy nodes answer within it.
const shortest = 500
const shortFor = 600_000

/** How long to wait for a node other than the first, in milliseconds. `hungAt` is the host time when it last hung. */
export function patienceWith(hungAt: number | undefined, now: number): number {
  // The difference is absolute, so that after the clock was set back the wait does not stay short for too long.
  return hungAt === undefined || Math.abs(now - hungAt) >= shortFor ? longest : shortest
}

/** The time of the last hang, after one more answer or time-out. Missing only the shorter wait proves nothing new. */
export function hungAtAfter(
  hungAt: number | undefined,
  { isLate, now }: { readonly isLate: boolean; readonly now: number },
): number | undefined {
  if (!isLate) return undefined
  return patienceWith(hungAt, now) === longest ? now : hungAt
}
