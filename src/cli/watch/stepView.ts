import { keyOf } from '../../domain/proposals/proposal.js'
import type { Key } from './keysIn.js'
import type { Picture } from './Picture.js'

/** The lists of the overview, from top to bottom. */
const lists = ['upgrades', 'proposals', 'events'] as const
export type List = (typeof lists)[number]

/** One item of a list, by a key that stays the same while other items come and go. */
export interface Item {
  readonly list: List
  readonly key: string
}

/** What the screen shows. */
export interface View {
  readonly page: 'overview' | 'item' | 'help'
  /** The item that is selected, and shown in full on the page `item`. */
  readonly selected?: Item
  /** Number of lines scrolled off the top of the page; `Infinity` is its end. Not used by the overview. */
  readonly scroll: number
}

export const firstView: View = { page: 'overview', scroll: 0 }

/** Returns every item of the overview, from top to bottom. */
export function itemsOf({ upgrades, proposals, events }: Picture): readonly Item[] {
  return [
    ...upgrades.map(({ key }): Item => ({ list: 'upgrades', key })),
    ...proposals.map(({ proposal }): Item => ({ list: 'proposals', key: keyOf(proposal) })),
    ...events.map(({ id }): Item => ({ list: 'events', key: id })),
  ]
}

/** The visible and the total length of a page. */
export interface PageSize {
  /** Number of lines that are visible at once. */
  readonly shown: number
  /** Number of lines of the whole open page. */
  readonly all: number
}

/** Returns the view after a key; undefined if the key quits. */
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

/** Returns the index of the first item of the next or previous list, cyclically. */
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
