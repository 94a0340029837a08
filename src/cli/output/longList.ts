import { countText } from '../../domain/notifications/phrases.js'

/** A screenful or two: more only for those who ask, and for programs. */
export const shownToPeople = 100

/** The first so many, and no more of them is asked for. */
export function firstOf<T>(items: Iterable<T>, count: number): readonly T[] {
  const first: T[] = []
  if (count <= 0) return first
  for (const item of items) {
    first.push(item)
    if (first.length >= count) break
  }
  return first
}

/** What stands below a list that is cut; nothing below a whole one. */
export function moreText(left: number): string {
  return left <= 0 ? '' : `\n\nand ${countText(BigInt(left))} more: --limit N shows so many`
}

const pageLength = 256

/** The first so many of a list that is asked for by pages: each is of at most `count` items behind `last`. */
export function* pageByPage<T>(
  page: (count: number, last: T | undefined) => readonly T[],
  limit = Infinity,
): Generator<T> {
  let last: T | undefined
  for (let left = limit; left > 0;) {
    const asked = Math.min(pageLength, left)
    const items = page(asked, last)
    yield* items
    if (items.length < asked) return
    last = items.at(-1)
    left -= asked
  }
}
