import { countText } from '../../domain/notifications/phrases.js'

/** Default length of a list: one or two screenfuls. People see more with --limit, and programs get everything. */
export const shownToPeople = 100

/** Returns the first `count` items and reads no more of them. */
export function firstOf<T>(items: Iterable<T>, count: number): readonly T[] {
  const first: T[] = []
  if (count <= 0) return first
  for (const item of items) {
    first.push(item)
    if (first.length >= count) break
  }
  return first
}

/** Returns the line below a shortened list; empty if nothing was left out. */
export function moreText(left: number): string {
  return left <= 0 ? '' : `\n\nand ${countText(BigInt(left))} more: --limit N shows so many`
}

const pageLength = 256

/** Generates the first `limit` items of a paged list. `page` returns at most `count` items after `last`. */
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
