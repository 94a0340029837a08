import { describe, expect, it } from 'vitest'
import type { HeldDelivery, NotificationRoute } from '../../src/domain/notifications/routing.js'
import { openStore } from '../../src/store/openStore.js'
import type { OutboxItem } from '../../src/store/DeliveryStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { announcement, temporaryDirectory, turn } from '../support/storeGiven.js'

const held = (releaseAt: number, parts: Partial<HeldDelivery> = {}): HeldDelivery => ({
  handler: 'chat',
  releaseAt,
  ...parts,
})
function tell(store: EmbeddedStore, ids: readonly string[], time: number, ...to: readonly (string | HeldDelivery)[]) {
  store.commit(turn({ announcements: ids.map((id) => announcement(id)), time }), () => ({ to }))
}
const said = ({ notification, handler, bundle, attempts }: OutboxItem): string =>
  [
    `${handler}/${notification.id}`,
    ...(bundle === undefined ? [] : [`of ${bundle.count}: ${bundle.notifications.map(({ id }) => id).join(' ')}`]),
    ...(attempts === 0 ? [] : [`after ${attempts}`]),
  ].join(' ')
const due = (store: EmbeddedStore, now: number): readonly string[] => store.due(now, 10).map(said)

describe('held deliveries', () => {
  it('are released at their time, in order, and the next time is known', () => {
    const store = openStore({ path: ':memory:' })
    tell(store, ['a', 'b'], 1_000, held(5_000), 'log')
    tell(store, ['c'], 2_000, held(5_000))

    expect(store.nextDue('chat')).toBe(5_000)
    expect(store.nextDue('log')).toBe(0)
    expect(due(store, 4_999)).toStrictEqual(['log/a', 'log/b'])
    expect(due(store, 5_000)).toStrictEqual(['log/a', 'log/b', 'chat/a', 'chat/b', 'chat/c'])
    expect(store.nextDue('chat')).toBe(0)
  })

  it('count as waiting, and are not pruned', () => {
    const store = openStore({ path: ':memory:' })
    tell(store, ['a', 'b'], 1_000, held(5_000))
    store.prune({ maxNotifications: 1, before: 9_000 })

    expect(store.stats()).toMatchObject({ total: 2, pending: 2, delivered: 0 })
    expect(['chat', 'log'].map((handler) => [store.heldFor(handler), store.waitingFor(handler)])).toStrictEqual([
      [2, 0],
      [0, 0],
    ])
    for (const item of store.due(5_000, 10)) store.delivered(item, 5_000)
    expect(store.stats()).toMatchObject({ total: 2, pending: 0, delivered: 2 })
    store.prune({ maxNotifications: 1, before: 0 })
    expect(store.notificationIds()).toStrictEqual(['b'])
  })

  it('are shown with the notification until they are sent, and as the one that carries them then', () => {
    const store = openStore({ path: ':memory:' })
    tell(store, ['a', 'b'], 1_000, held(5_000, { bundle: 'x' }), 'log')
    const standing = (id: string): readonly string[] =>
      store
        .deliveriesOf(id)
        .map(({ handler, state, attempts, at, reason }) => [handler, state, attempts, at, reason].join(' ').trim())
    expect(standing('b')).toStrictEqual(['chat held 0 5000', 'log pending 0 0'])

    const [bundle] = store.due(5_000, 10, 'chat')
    store.postpone(bundle!, 9_000, { reason: 'HTTP 503.' })
    expect(['a', 'b'].map((id) => standing(id)[0])).toStrictEqual(Array(2).fill('chat pending 1 9000 HTTP 503.'))
    store.delivered(bundle!, 9_500)
    expect(['a', 'b'].map((id) => standing(id)[0])).toStrictEqual(Array(2).fill('chat delivered 2 9500'))
    expect(store.deliveriesOf('never')).toStrictEqual([])
  })

  it('stay held, and are released once, across restarts', () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const again = <T>(use: (store: EmbeddedStore) => T): T => {
      const store = openStore({ path })
      const result = use(store)
      store.close()
      return result
    }
    again((store) => tell(store, ['a', 'b'], 1_000, held(5_000, { bundle: 'x' })))
    expect(again((store) => due(store, 4_000))).toStrictEqual([])
    expect(again((store) => due(store, 5_000))).toStrictEqual(['chat/a of 2: a b'])
    expect(again((store) => due(store, 6_000))).toStrictEqual(['chat/a of 2: a b'])
    again((store) => store.delivered(store.due(6_000, 1)[0]!, 6_000))
    expect(again((store) => [due(store, 9_000), store.stats().delivered])).toStrictEqual([[], 2])
  })
})

describe('deliveries that were held while the clock was far ahead', () => {
  const year = 365 * 86_400_000
  const now = 1_000_000_000

  /** As a route would hold it from now on. */
  const by =
    (wait: number, parts: Partial<HeldDelivery> = {}) =>
    (_: unknown, { at }: { readonly at: number }) => ({ to: [held(at + wait, parts)] })
  const noPace = () => undefined

  it('are routed again as if new, and released together and once', () => {
    const store = openStore({ path: ':memory:' })
    const ahead = now + year
    const group = { key: 'x', until: ahead + 330_000 }
    tell(store, ['a'], ahead, held(ahead + 30_000, { bundle: 'x', group }))
    tell(store, ['b'], ahead + 20_000, held(ahead + 30_000, { bundle: 'x' }), held(ahead + 90_000, { handler: 'mail' }))

    expect(store.rerouteHeld(now, by(50_000, { bundle: 'y' }), noPace)).toBe(false)
    expect(store.nextDue('chat')).toBe(now + 50_000)
    expect(due(store, now + 1)).toStrictEqual(['mail/b'])
    expect(store.rerouteHeld(now + 2, by(90_000), noPace)).toBe(false)
    expect(due(store, now + 49_999)).toStrictEqual(['mail/b'])
    expect(due(store, now + 50_000)).toStrictEqual(['mail/b', 'chat/a of 2: a b'])
  })

  it('are routed with the pace of their chain, and join their current group', () => {
    const store = openStore({ path: ':memory:' })
    tell(store, ['a', 'b'], now + year, held(now + year + 30_000))
    const seen: unknown[] = []
    const pace = { blockTime: { samples: [] } }
    const route: NotificationRoute = ({ id }, moment) => {
      seen.push([id, moment.pace === pace, moment.silences, moment.lastRelease?.('chat', 'x')])
      return by(70_000, { group: { key: 'x', until: now + 90_000 } })(id, moment)
    }
    store.rerouteHeld(now, route, (chain) => (chain === 'local' ? pace : undefined))
    expect(seen).toStrictEqual([
      ['a', true, [], undefined],
      ['b', true, [], now + 70_000],
    ])
  })

  it('are released at once if nothing holds them any more, also in large numbers', () => {
    const store = openStore({ path: ':memory:' })
    const ids = Array.from({ length: 700 }, (_, index) => `n${index}`)
    tell(store, ids, now + year, held(now + year + 30_000, { bundle: 'x' }))

    expect([store.rerouteHeld(now, () => [], noPace), store.rerouteHeld(now, () => ['chat'], noPace)]).toStrictEqual([
      true,
      false,
    ])
    expect(store.due(now, 10).map(({ bundle }) => bundle?.count)).toStrictEqual([700])
  })

  it('keep their time if the clock steps back by at most a minute', () => {
    const store = openStore({ path: ':memory:' })
    tell(store, ['a'], now + 60_000, held(now + 3_600_000))
    store.rerouteHeld(now, () => [], noPace)
    expect(due(store, now)).toStrictEqual([])
    expect(store.nextDue('chat')).toBe(now + 3_600_000)
  })
})

describe('a bundle', () => {
  const bundled = (): EmbeddedStore => {
    const store = openStore({ path: ':memory:' })
    tell(store, ['a', 'b'], 1_000, held(5_000, { bundle: 'x' }))
    tell(store, ['c'], 2_000, held(5_000, { bundle: 'y' }))
    tell(store, ['d'], 3_000, held(5_000, { bundle: 'x' }), held(5_000, { bundle: 'x', handler: 'mail' }))
    return store
  }

  it('is one row for each handler and key, at its first notification', () => {
    expect(due(bundled(), 5_000)).toStrictEqual(['chat/a of 3: a b d', 'chat/c', 'mail/d'])
  })

  it('is delivered and postponed as one', () => {
    const store = bundled()
    const [first] = store.due(5_000, 1)
    store.postpone(first!, 6_000, { reason: '503' })
    expect(due(store, 5_500)).toStrictEqual(['chat/c', 'mail/d'])
    expect(due(store, 6_000)).toStrictEqual(['chat/a of 3: a b d after 1', 'chat/c', 'mail/d'])
    store.delivered(first!, 6_000)
    expect(store.stats()).toMatchObject({ pending: 2, delivered: 3 })
  })

  it('contains its first and most urgent notifications if there are many, in order', () => {
    const store = openStore({ path: ':memory:' })
    const announcements = Array.from({ length: 200 }, (_, index) =>
      announcement(`n${index}`, { priority: index === 150 ? 'high' : index > 100 ? 'medium' : 'low' }),
    )
    store.commit(turn({ announcements, time: 1_000 }), () => ({ to: [held(5_000, { bundle: 'x' })] }))
    const [item] = store.due(5_000, 1)
    const ids = item?.bundle?.notifications.map(({ id }) => id) ?? []
    expect(item?.bundle?.count).toBe(200)
    expect(ids).toHaveLength(50)
    expect([ids[0], ids[1], ids[2], ids.at(-1)]).toStrictEqual(['n0', 'n101', 'n102', 'n150'])
  })

  it('is closed once released', () => {
    const store = bundled()
    store.due(5_000, 1)
    tell(store, ['e'], 5_001, held(6_000, { bundle: 'x' }))
    expect(due(store, 6_000)).toStrictEqual(['chat/a of 3: a b d', 'chat/c', 'mail/d', 'chat/e'])
  })

  it('becomes separate dead letters, each of which can be sent again', () => {
    const store = bundled()
    store.bury(store.due(5_000, 1)[0]!, 5_000, { reason: 'HTTP 404' })
    expect(store.deadLetters().map(({ notification: { id }, reason }) => `${id}: ${reason}`)).toStrictEqual([
      'a: HTTP 404',
      'b: HTTP 404',
      'd: HTTP 404',
    ])
    store.revive('b', 6_000)
    expect(due(store, 6_000)).toStrictEqual(['chat/c', 'mail/d', 'chat/b'])
  })

  it('of a burst stays one row, with the total number', () => {
    const store = openStore({ path: ':memory:' })
    const ids = Array.from({ length: 2_000 }, (_, index) => `n${index}`)
    tell(store, ids, 1_000, held(5_000, { bundle: 'x' }))
    const [item, ...rest] = store.due(5_000, 10)
    expect([rest.length, item?.bundle?.count, item?.bundle?.notifications.length]).toStrictEqual([0, 2_000, 50])
    store.delivered(item!, 5_000)
    expect(store.stats()).toMatchObject({ pending: 0, delivered: 2_000 })
  })
})

describe('the release of a group', () => {
  it('is remembered as long as it matters', () => {
    const store = openStore({ path: ':memory:' })
    const seen: (number | undefined)[] = []
    const look = (id: string, time: number, to: readonly HeldDelivery[] = []): void => {
      store.commit(turn({ announcements: [announcement(id)], time }), (_, { lastRelease }) => {
        seen.push(lastRelease?.('chat', 'x'))
        return { to }
      })
    }
    look('a', 1_000, [held(1_030, { bundle: 'x', group: { key: 'x', until: 1_330 } })])
    look('b', 1_010)
    look('c', 1_329)
    look('d', 1_330)
    expect(seen).toStrictEqual([undefined, 1_030, 1_030, undefined])
  })
})
