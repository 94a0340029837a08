// A node that hangs must not hold up what the others say. Milliseconds.
const longest = 5_000
// What a node has that hung before: others answer within it.
const shortest = 500
const shortFor = 600_000

/** How long a node that is not the first is waited for, in milliseconds. `hungAt` is host time of when it last hung. */
export function patienceWith(hungAt: number | undefined, now: number): number {
  // Where the clock has stepped back, it does not wait until that has caught up.
  return hungAt === undefined || Math.abs(now - hungAt) >= shortFor ? longest : shortest
}

/** When it last hung, after one more answer or none: that it is late within the shorter time proves nothing new. */
export function hungAtAfter(
  hungAt: number | undefined,
  { isLate, now }: { readonly isLate: boolean; readonly now: number },
): number | undefined {
  if (!isLate) return undefined
  return patienceWith(hungAt, now) === longest ? now : hungAt
}
