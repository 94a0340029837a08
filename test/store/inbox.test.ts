import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { notification, announcement, turn } from '../support/storeGiven.js'

const give = (store: EmbeddedStore, id: string, time: number, handlers: readonly string[] = []): void =>
  store.commit(turn({ announcements: [announcement(id)], time }), () => handlers)
const storeWith = (...ids: readonly string[]): EmbeddedStore => {
  const store = openStore({ path: ':memory:' })
  for (const [index, id] of ids.entries()) give(store, id, 1_000 * (index + 1))
  return store
}
const ids = (store: EmbeddedStore, filter: Parameters<EmbeddedStore['notifications']>[0] = {}): readonly string[] =>
  store.notifications(filter).map(({ id }) => id)

describe('notifications', () => {
  it('returns them newest first, unchanged', () => {
    const store = openStore({ path: ':memory:' })
    const full = notification('1', { title: 'Ünïcode 💥', data: { deep: [{ $n: '1' }], none: null } })
    store.commit(turn({ announcements: [{ subject: 's', notification: full }] }), () => [])
    give(store, '2', 2_000)

    expect(store.notifications({})).toStrictEqual([notification('2'), full])
  })

  it('returns the unread ones, and respects the limit', () => {
    const store = storeWith('1', '2', '3')
    store.markRead('2')

    expect(ids(store, { unread: true })).toStrictEqual(['3', '1'])
    expect(ids(store, { limit: 2 })).toStrictEqual(['3', '2'])
    expect(ids(store, { unread: true, limit: 1 })).toStrictEqual(['3'])
  })
})

describe('markRead', () => {
  it('marks one, once', () => {
    const store = storeWith('1', '2')

    expect([store.markRead('1'), store.markRead('1'), store.markRead('no such')]).toStrictEqual([1, 0, 0])
    expect(store.notifications({}).map(({ id, read }) => [id, read])).toStrictEqual([
      ['2', false],
      ['1', true],
    ])
  })

  it('marks all remaining ones', () => {
    const store = storeWith('1', '2', '3')
    store.markRead('1')

    expect(store.markRead('all')).toBe(2)
    expect(ids(store, { unread: true })).toStrictEqual([])
  })

  it('is kept if the same notification is committed again', () => {
    const store = storeWith('1')
    store.markRead('1')
    give(store, '1', 2_000)

    expect(ids(store, { unread: true })).toStrictEqual([])
  })
})

describe('stats', () => {
  it('counts an empty inbox', () => {
    expect(openStore({ path: ':memory:' }).stats()).toStrictEqual({
      total: 0,
      unread: 0,
      byEvent: {},
      byPriority: {},
      pending: 0,
      delivered: 0,
      dead: 0,
    })
  })

  it('counts by event and priority, and the deliveries by result', () => {
    const store = openStore({ path: ':memory:' })
    const announcements = [
      announcement('1'),
      announcement('2', { event: 'upgrade_failed', priority: 'critical' }),
      announcement('3', { priority: 'critical' }),
    ]
    store.commit(turn({ announcements }), () => ['log'])
    const [first, second] = store.due(1_000, 2)
    store.delivered(first!, 2_000)
    store.bury(second!, 2_000, { reason: '404' })
    store.markRead('3')

    expect(store.stats()).toStrictEqual({
      total: 3,
      unread: 2,
      byEvent: { new_proposal: 2, upgrade_failed: 1 },
      byPriority: { medium: 1, critical: 2 },
      pending: 1,
      delivered: 1,
      dead: 1,
    })
  })
})

describe('prune', () => {
  it('drops notifications older than the bound, by the clock of the host', () => {
    const store = storeWith('1', '2', '3')
    store.prune({ maxNotifications: 10, before: 2_000 })

    expect(ids(store)).toStrictEqual(['3', '2'])
  })

  it('drops the oldest beyond the count', () => {
    const store = storeWith('1', '2', '3')
    store.prune({ maxNotifications: 1, before: 0 })

    expect(ids(store)).toStrictEqual(['3'])
  })

  it('keeps notifications with waiting deliveries, and drops them afterwards', () => {
    const store = openStore({ path: ':memory:' })
    give(store, '1', 1_000, ['log', 'pager'])
    give(store, '2', 2_000)
    const bounds = { maxNotifications: 0, before: 9_000 }
    const [toLog, toPager] = store.due(1_000, 2)

    store.prune(bounds)
    expect(ids(store)).toStrictEqual(['1'])

    store.delivered(toLog!, 3_000)
    store.prune(bounds)
    expect(ids(store)).toStrictEqual(['1'])

    store.bury(toPager!, 3_000, { reason: '404' })
    store.prune(bounds)
    expect(ids(store)).toStrictEqual([])
    expect(store.stats()).toMatchObject({ pending: 0, delivered: 0, dead: 0 })
  })
})
