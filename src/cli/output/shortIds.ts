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
    if (id.length <= longest) continue
    const needed = 1 + Math.max(sharedStart(id, sorted[at - 1] ?? ''), sharedStart(id, sorted[at + 1] ?? ''))
    const size = Math.max(least, needed)
    if (size < id.length - 1) short.set(id, `${id.slice(0, size)}…`)
  }
  return (id) => short.get(id) ?? id
}

/** Leaves every id as it is: what a program reads is not cut. */
export const wholeIds: ShortId = (id) => id

function sharedStart(a: string, b: string): number {
  let size = 0
  while (size < a.length && a[size] === b[size]) size += 1
  return size
}

/**
 * The items that an id means: those that have it; or, where none has, those with a long id that starts with it. What
 * `shortIds` shows is taken as well.
 */
export function meantBy<T>(items: readonly T[], given: string, idsOf: (item: T) => readonly string[]): readonly T[] {
  const exact = items.filter((item) => idsOf(item).includes(given))
  const start = given.replace(/…$|\.\.\.$/, '')
  if (exact.length > 0 || start.length < leastGiven) return exact
  return items.filter((item) => idsOf(item).some((id) => id.length > longest && id.startsWith(start)))
}
