/** What is shown of an id: all of a short one, of a long one the shortest start that no other has, with an ellipsis. */
export type ShortId = (id: string) => string

const longest = 12
const least = 6
const leastGiven = 4

/** Shortens ids among all that there are, as git shortens hashes. */
export function shortIds(ids: Iterable<string>): ShortId {
  const sorted = [...new Set(ids)].sort()
  const short = new Map<string, string>()
  for (const [at, id] of sorted.entries()) {
    if (id.length > longest) short.set(id, shortened(id, [sorted[at - 1] ?? '', sorted[at + 1] ?? '']))
  }
  return (id) => short.get(id) ?? id
}

/**
 * As {@link shortIds}, where `besides` tells the ids right below and above one among all there are: in that order none
 * has a longer start in common. Where it is undefined, the id is none of them and is left as it is.
 */
export function shortIdsBy(besides: (id: string) => readonly string[] | undefined): ShortId {
  return (id) => {
    const others = id.length <= longest ? undefined : besides(id)
    return others === undefined ? id : shortened(id, others)
  }
}

/** Leaves every id as it is: what a program reads is not cut. */
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
 * The items that an id means: those that have it; or, where none has, those with a long id that starts with it. What
 * `shortIds` shows is taken as well.
 */
export function itemsMeantBy<T>(
  items: readonly T[],
  given: string,
  idsOf: (item: T) => readonly string[],
): readonly T[] {
  const exact = items.filter((item) => idsOf(item).includes(given))
  const start = given.replace(/…$|\.\.\.$/, '')
  if (exact.length > 0 || start.length < leastGiven) return exact
  return items.filter((item) => idsOf(item).some((id) => id.length > longest && id.startsWith(start)))
}
