import { keyOf } from '../../domain/proposals/proposal.js'
import type { Key } from './keysIn.js'
import type { Picture } from './Picture.js'

/** The lists of the overview, from top to bottom. */
const lists = ['upgrades', 'proposals', 'events'] as const
export type List = (typeof lists)[number]

/** One item of a list, by what it keeps while others come and go. */
export interface Item {
  readonly list: List
  readonly key: string
}

/** What somebody looks at. */
export interface View {
  readonly page: 'overview' | 'item' | 'help'
  /** The item that is marked, and the one that is open on the page `item`. */
  readonly selected?: Item
  /** Lines of the page that are above the first one shown; `Infinity` is the end of it. Not of the overview. */
  readonly scroll: number
}

export const firstView: View = { page: 'overview', scroll: 0 }

/** Every item of the overview, from top to bottom. */
export function itemsOf({ upgrades, proposals, events }: Picture): readonly Item[] {
  return [
    ...upgrades.map(({ key }): Item => ({ list: 'upgrades', key })),
    ...proposals.map(({ proposal }): Item => ({ list: 'proposals', key: keyOf(proposal) })),
    ...events.map(({ id }): Item => ({ list: 'events', key: id })),
  ]
}

/** What a page has room for, and how long it is. */
export interface PageSize {
  /** Lines that a page shows at once. */
  readonly shown: number
  /** Lines of the whole page that is open. */
  readonly all: number
}

/** The view after a key; undefined where it ends the looking. */
export function stepView(view: View, key: Key, picture: Picture, size: PageSize): View | undefined {
  if (key === 'quit') return undefined
  if (key === 'help') return view.page === 'help' ? overview(view) : { ...view, page: 'help', scroll: 0 }
  if (view.page === 'overview') return stepOverview(view, key, itemsOf(picture), size.shown)
  if (key === 'back') return overview(view)
  return { ...view, scroll: scrolled(view.scroll, key, size) }
}

function overview(view: View): View {
  return { ...view, page: 'overview', scroll: 0 }
}

function stepOverview(view: View, key: Key, items: readonly Item[], page: number): View {
  const at = items.findIndex((item) => isSame(item, view.selected))
  const select = (index: number): View => {
    const selected = items[Math.max(0, Math.min(items.length - 1, index))]
    return selected === undefined ? view : { ...view, selected }
  }
  switch (key) {
    case 'up':
      return select(at - 1)
    case 'down':
      return select(at + 1)
    case 'pageUp':
      return select(at - page)
    case 'pageDown':
      return select(at + page)
    case 'first':
      return select(0)
    case 'last':
      return select(items.length - 1)
    case 'nextList':
    case 'previousList':
      return select(startOfList(items, at, key === 'nextList' ? 1 : -1))
    case 'open':
      return at < 0 ? view : { ...view, page: 'item', scroll: 0 }
    default:
      return view
  }
}

/** Where the next list begins, or the one before, round and round. */
function startOfList(items: readonly Item[], at: number, by: 1 | -1): number {
  const there = lists.filter((list) => items.some((item) => item.list === list))
  const now = there.findIndex((list) => list === items[at]?.list)
  const next = now < 0 ? 0 : (now + by + there.length) % there.length
  return items.findIndex(({ list }) => list === there[next])
}

function scrolled(from: number, key: Key, { shown, all }: PageSize): number {
  const last = Math.max(0, all - shown)
  const now = Math.min(from, last)
  const moves: Readonly<Partial<Record<Key, number>>> = {
    up: now - 1,
    down: now + 1,
    pageUp: now - shown,
    pageDown: now + shown,
    first: 0,
    last,
  }
  return Math.max(0, Math.min(last, moves[key] ?? now))
}

export function isSame(item: Item, other: Item | undefined): boolean {
  return item.list === other?.list && item.key === other.key
}
