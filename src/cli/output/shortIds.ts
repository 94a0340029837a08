/**
 * Returns the display form of an id: a short id in full, and of a long one the shortest unique start with an ellipsis.
 */
export type ShortId = (id: string) => string

const longest = 12
const least = 6
const leastGiven = 4

/** Shortens ids so that they are unique among all given ones, as git shortens hashes. */
export function shortIds(ids: Iterable<string>): ShortId {
  const sorted = [...new Set(ids)].sort()
  const short = new Map<string, string>()
  for (const [at, id] of sorted.entries()) {
    if (id.length > longest) short.set(id, shortened(id, [sorted[at - 1] ?? '', sorted[at + 1] ?? '']))
  }
  return (id) => short.get(id) ?? id
}

/**
 * As {@link shortIds}, with a function that returns the neighbours of an id in sort order, which share the longest
 * starts with it. An id for which it returns undefined is left unchanged.
 */
export function shortIdsBy(besides: (id: string) => readonly string[] | undefined): ShortId {
  return (id) => {
    const others = id.length <= longest ? undefined : besides(id)
    return others === undefined ? id : shortened(id, others)
  }
}

/** Leaves every id unchanged, for programs. */
export const wholeIds: ShortId = (id) => id

function shortened(id: string, others: readonly string[]): string {
  const size = Math.max(least, ...others.map((other) => 1 + sharedStart(id, other)))
  return size < id.length - 1 ? `${id.slice(0, size)}…` : id
}

function sharedStart(a: string, b: string): number {
  let size = 0
  while (size < a.length && a[size] === b[size]) size += 1
  return size
}

/**
 * Returns the items that an id means: those with exactly that id, or else those with a long id that starts with it. The
 * short form that `shortIds` returns is accepted too.
 */
export function itemsMatching<T>(
  items: readonly T[],
  given: string,
  idsOf: (item: T) => readonly string[],
): readonly T[] {
  const exact = items.filter((item) => idsOf(item).includes(given))
  const start = given.replace(/\u2026$|\.\.\.$/, '')
  if (exact.length > 0 || start.length < leastGiven) return exact
  return items.filter((item) => idsOf(item).some((id) => id.length > longest && id.startsWith(start)))
}
