import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import type { OutboxItem } from '../../src/store/DeliveryStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { notification, announcement, turn } from '../support/storeGiven.js'

const storeWith = (ids: readonly string[], handlers: readonly string[] = ['log']): EmbeddedStore => {
  const store = openStore({ path: ':memory:' })
  for (const [index, id] of ids.entries()) {
    store.commit(turn({ announcements: [announcement(id)], time: 1_000 + index }), () => handlers)
  }
  return store
}
const item = (id: string, handler = 'log'): OutboxItem => ({ notification: notification(id), handler, attempts: 0 })
const names = (items: readonly OutboxItem[]): readonly string[] =>
  items.map(({ notification: { id }, handler, attempts }) => `${id} ${handler} ${attempts}`)

describe('commit', () => {
  it('queues a notification for the routed handlers, each id once', () => {
    const store = openStore({ path: ':memory:' })
    const route = ({ priority }: { readonly priority: string }): readonly string[] =>
      priority === 'high' ? ['log', 'pager'] : ['log']
    store.commit(turn({ announcements: [announcement('1'), announcement('2', { priority: 'high' })] }), route)
    store.commit(
      turn({ announcements: [announcement('2', { title: 'again' }), announcement('3')], time: 2_000 }),
      route,
    )
    store.commit(turn({ announcements: [announcement('1')], time: 3_000 }), () => ['late'])

    expect(store.due(3_000, 10).map(({ notification: { id, title }, handler }) => [id, title, handler])).toStrictEqual([
      ['1', 'New: 1', 'log'],
      ['2', 'New: 2', 'log'],
      ['2', 'New: 2', 'pager'],
      ['3', 'New: 3', 'log'],
    ])
  })
})

describe('sentSince', () => {
  it('returns the times of deliveries of one handler after a time, in order, simultaneous ones once', () => {
    const store = storeWith(['1', '2', '3', '4', '5'], ['log', 'pager'])
    for (const [id, at] of [
      ['1', 900],
      ['3', 1_500],
      ['2', 1_700],
      ['4', 1_700],
    ] as const)
      store.delivered(item(id), at)
    store.delivered(item('1', 'pager'), 1_600)
    store.bury(item('5'), 1_650, { reason: '410' })

    expect(store.sentSince('log', 900)).toStrictEqual([1_500, 1_700])
  })

  it('finds a delivery within a large burst that still waits', () => {
    const store = openStore({ path: ':memory:' })
    const ids = Array.from({ length: 502 }, (_, at) => String(at))
    const handlers = ['log', ...Array.from({ length: 20 }, (_, at) => `other${at}`)]
    store.commit(turn({ announcements: ids.map((id) => announcement(id)) }), () => handlers)
    store.delivered(item('0'), 1_500)

    expect(store.sentSince('log', 900)).toStrictEqual([1_500])
  })
})

describe('due', () => {
  it('returns what is due at that time, oldest first, up to the limit', () => {
    const store = storeWith(['1', '2', '3'])
    store.postpone(item('3'), 2_000, { reason: '503' })

    expect(names(store.due(1_001, 10))).toStrictEqual(['1 log 0', '2 log 0'])
    expect(names(store.due(2_000, 10))).toStrictEqual(['1 log 0', '2 log 0', '3 log 1'])
    expect(names(store.due(9_000, 2))).toStrictEqual(['1 log 0', '2 log 0'])
    expect(store.due(1_000, 1)).toStrictEqual([item('1')])
  })

  it('returns rows that were never tried, even if the clock was set back since', () => {
    const store = storeWith(['1', '2'])
    store.bury(item('1'), 1_000, { reason: '404' })
    store.revive('1', 1_000)

    expect(names(store.due(400, 10))).toStrictEqual(['1 log 0', '2 log 0'])
  })

  it('returns rows that are more than a day ahead, because the clock was set back', () => {
    const store = storeWith(['1'])
    store.postpone(item('1'), 90_000_000, { reason: '503' })

    expect(names(store.due(86_400_000, 10))).toStrictEqual([])
    expect(names(store.due(86_399_999, 10))).toStrictEqual(['1 log 1'])
  })

  it('returns what is due for one handler', () => {
    const store = storeWith(['1', '2'], ['log', 'pager'])

    expect(names(store.due(9_000, 10, 'pager'))).toStrictEqual(['1 pager 0', '2 pager 0'])
    expect(names(store.due(9_000, 10, 'nobody'))).toStrictEqual([])
  })
})

describe('nextDue', () => {
  it('is the earliest retry, of one handler or any, and 0 if a row is new', () => {
    const store = storeWith(['1'], ['log', 'pager'])
    store.postpone(item('1', 'pager'), 5_000, { reason: '503' })

    expect([store.nextDue(), store.nextDue('log'), store.nextDue('pager')]).toStrictEqual([0, 0, 5_000])
  })

  it('is undefined if nothing is pending', () => {
    const store = storeWith(['1'])
    store.delivered(item('1'), 2_000)

    expect(store.nextDue()).toBeUndefined()
    expect(openStore({ path: ':memory:' }).nextDue()).toBeUndefined()
  })
})

describe('delivered, postpone and bury', () => {
  it('deliver to one handler and keep the rows of others', () => {
    const store = storeWith(['1'], ['log', 'pager'])
    store.delivered(item('1', 'log'), 2_000)

    expect(names(store.due(9_000, 10))).toStrictEqual(['1 pager 0'])
    expect(store.stats()).toMatchObject({ pending: 1, delivered: 1, dead: 0 })
  })

  it('count each failed try, and return the row when due', () => {
    const store = storeWith(['1'])
    store.postpone(item('1'), 4_000, { reason: '503' })
    store.postpone(item('1'), 8_000, { reason: '503' })

    expect(names(store.due(7_999, 10))).toStrictEqual([])
    expect(names(store.due(8_000, 10))).toStrictEqual(['1 log 2'])
  })

  it('keep dead letters, oldest first, with their reason', () => {
    const store = storeWith(['1', '2', '3'])
    store.bury(item('2'), 2_000, { reason: '404' })
    store.postpone(item('1'), 2_500, { reason: '503' })
    store.bury(item('1'), 3_000, { reason: 'gave up' })

    expect(store.deadLetters()).toStrictEqual([
      { ...item('2'), attempts: 1, reason: '404', at: 2_000 },
      { ...item('1'), attempts: 2, reason: 'gave up', at: 3_000 },
    ])
    expect(names(store.due(9_000, 10))).toStrictEqual(['3 log 0'])
  })

  it('do not change a row that is no longer pending', () => {
    const store = storeWith(['1'])
    store.delivered(item('1'), 2_000)
    store.bury(item('1'), 3_000, { reason: 'late' })
    store.postpone(item('1'), 4_000, { reason: 'late' })

    expect(store.deadLetters()).toStrictEqual([])
    expect(store.stats()).toMatchObject({ pending: 0, delivered: 1, dead: 0 })
  })
})

describe('the receipt of a handler', () => {
  const other = (id: string): OutboxItem => ({ ...item(id), notification: notification(id, { chain: 'other' }) })

  it('is stored with its subject, for that handler only, until replaced', () => {
    const store = storeWith(['1#a', '1#b'], ['log', 'pager'])
    store.delivered(item('1#a'), 2_000, { ts: '1.2' })

    expect([store.posted(item('1#b')), store.posted(item('1#b', 'pager')), store.posted(other('1#b'))]).toStrictEqual([
      { ts: '1.2' },
      undefined,
      undefined,
    ])
    store.delivered(item('1#b'), 3_000)
    expect(store.posted(item('1#a'))).toStrictEqual({ ts: '1.2' })
    store.delivered(item('1#a'), 4_000, { ts: '3.4' })
    expect(store.posted(item('1#a'))).toStrictEqual({ ts: '3.4' })
  })

  it('is pruned with the notifications of its time', () => {
    const store = storeWith(['1'])
    store.delivered(item('1'), 2_000, 'here')
    store.prune({ maxNotifications: 10, before: 2_000 })
    expect(store.posted(item('1'))).toBe('here')
    store.prune({ maxNotifications: 10, before: 2_001 })
    expect(store.posted(item('1'))).toBeUndefined()
  })
})

describe('revive', () => {
  it('requeues the dead letters of one notification, with their attempts reset', () => {
    const store = storeWith(['1', '2'], ['log', 'pager'])
    for (const handler of ['log', 'pager']) store.bury(item('1', handler), 2_000, { reason: '404' })
    store.bury(item('2'), 2_000, { reason: '404' })

    expect(store.revive('1', 5_000)).toBe(2)
    expect(names(store.due(5_000, 10))).toStrictEqual(['1 log 0', '1 pager 0', '2 pager 0'])
    expect(store.revive('1', 5_000)).toBe(0)
  })

  it('makes waiting retries due at once, and then the rows behind them', () => {
    const store = storeWith(['1#a', '1#b', '2#a'], ['log', 'pager'])
    for (const handler of ['log', 'pager']) store.postpone(item('1#a', handler), 900_000, { reason: '503' })
    store.postpone(item('2#a'), 900_000, { reason: '503' })

    expect(store.revive('1#a', 5_000)).toBe(2)
    expect(names(store.due(5_000, 10))).toStrictEqual([
      ...['1#a log 1', '1#a pager 1', '1#b log 0', '1#b pager 0', '2#a pager 0'],
    ])
    // Rows that did not fail are not changed.
    expect(store.revive('1#b', 5_000)).toBe(0)
    expect(store.revive('all', 6_000)).toBe(3)
    expect(names(store.due(6_000, 10))).toContain('2#a log 1')
  })

  it('requeues all', () => {
    const store = storeWith(['1', '2', '3'])
    for (const id of ['1', '3']) store.bury(item(id), 2_000, { reason: '404' })
    store.delivered(item('2'), 2_000)

    expect(store.revive('all', 5_000)).toBe(2)
    expect(names(store.due(5_000, 10))).toStrictEqual(['1 log 0', '3 log 0'])
    expect(store.deadLetters()).toStrictEqual([])
  })
})
