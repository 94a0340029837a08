/** What is said of a node that stands below what was read: both heights, and what may be the cause. */
export function wentBack(place: string, to: bigint, from: bigint): string {
  return `${place} went back: it answers with block ${to}, behind block ${from} that was read before. Another node may serve behind the same address, or this one was reset or rolled back.`
}
