import { describe, expect, it } from 'vitest'
import type { Key } from '../../../src/cli/watch/keysIn.js'
import type { Picture } from '../../../src/cli/watch/Picture.js'
import { firstView, itemsOf, stepView, type View } from '../../../src/cli/watch/stepView.js'
import { notification, proposal, upgrade } from '../../support/storeGiven.js'

const picture: Picture = {
  from: 'govstream.db',
  chains: [],
  upgrades: [upgrade('1')],
  proposals: [
    { proposal: proposal('1'), estimated: false },
    { proposal: proposal('2'), estimated: false },
  ],
  events: [notification('a')],
}
const size = { shown: 10, all: 25 }
const after = (...keys: readonly Key[]): View | undefined =>
  keys.reduce<View | undefined>((view, key) => view && stepView(view, key, picture, size), firstView)
const [first, second, , last] = itemsOf(picture)

describe('the overview', () => {
  it('moves one selection through upgrades, proposals and events, and not beyond', () => {
    expect(after('down')?.selected).toStrictEqual(first)
    expect(after('down', 'down')?.selected).toStrictEqual(second)
    expect(after('last', 'down')?.selected).toStrictEqual(last)
    expect(after('down', 'up', 'up')?.selected).toStrictEqual(first)
  })

  it('cycles through the lists', () => {
    expect(after('nextList', 'nextList')?.selected).toStrictEqual(second)
    expect(after('nextList', 'previousList')?.selected).toStrictEqual(last)
  })

  it('keeps the selection on its item while others are added', () => {
    const marked = after('last')
    const more = { ...picture, events: [notification('b'), notification('a')] }
    expect(marked && stepView(marked, 'up', more, size)?.selected).toStrictEqual({ list: 'events', key: 'b' })
  })

  it('opens the selected item, or nothing', () => {
    expect(after('open')).toStrictEqual(firstView)
    expect(after('down', 'down', 'open')).toStrictEqual({ page: 'item', selected: second, scroll: 0 })
  })
})

describe('a page', () => {
  it('scrolls to its end at most, and returns to the selected item', () => {
    expect(after('down', 'open', 'pageDown')?.scroll).toBe(10)
    expect(after('down', 'open', 'pageDown', 'pageDown')?.scroll).toBe(15)
    expect(after('down', 'open', 'last', 'down')?.scroll).toBe(15)
    expect(after('down', 'open', 'up')?.scroll).toBe(0)
    expect(after('down', 'open', 'last', 'back')).toStrictEqual({ page: 'overview', selected: first, scroll: 0 })
  })

  it('opens and closes the help', () => {
    expect(after('help')?.page).toBe('help')
    expect(after('help', 'help')?.page).toBe('overview')
    expect(after('help', 'back')?.page).toBe('overview')
  })
})

it('watch ends with q on every page', () => {
  expect(after('quit')).toBeUndefined()
  expect(after('help', 'quit')).toBeUndefined()
  expect(after('down', 'open', 'quit')).toBeUndefined()
})
