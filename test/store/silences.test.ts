import { describe, expect, it } from 'vitest'
import { announceSilence } from '../../src/domain/notifications/announceSilence.js'
import type { NotificationRoute, Silence } from '../../src/domain/notifications/routing.js'
import { openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { announcement, temporaryDirectory, turn } from '../support/storeGiven.js'

const wanted = { match: { event: 'new_*' }, until: 5_000, comment: 'we move the node', by: 'ann' }
/** By the first silence, if any. */
const route: NotificationRoute = (_, { silences: [first] }) =>
  first === undefined ? ['log'] : { silencedBy: first.id, to: [] }
const tell = (store: EmbeddedStore, id: string, time: number): void => {
  store.commit(turn({ announcements: [announcement(id)], time }), route)
}

describe('silences', () => {
  it('last until they end', () => {
    const store = openStore({ path: ':memory:' })
    const first = store.addSilence(wanted, 1_000)
    const second = store.addSilence({ ...wanted, until: 3_000 }, 1_000)

    expect(first).toStrictEqual({ ...wanted, id: '1', held: 0 })
    expect(store.silences(2_999)).toStrictEqual([first, second])
    expect(store.silences(3_000)).toStrictEqual([first])
    expect(store.silences(5_000)).toStrictEqual([])
  })

  it('keep notifications in the inbox, marked, but out of the outbox, and count them', () => {
    const store = openStore({ path: ':memory:' })
    store.addSilence(wanted, 1_000)
    tell(store, 'a', 1_500)
    tell(store, 'a', 1_600)
    tell(store, 'b', 5_000)

    expect(store.notifications({}).map(({ id, silenced }) => [id, silenced])).toStrictEqual([
      ['b', undefined],
      ['a', '1'],
    ])
    expect(store.due(9_000, 10).map(({ notification: { id } }) => id)).toStrictEqual(['b'])
    expect(store.silences(1_700)).toMatchObject([{ id: '1', held: 1 }])
    expect(store.stats()).toMatchObject({ total: 2, pending: 1 })
  })

  it('are returned once ended, for each chain with held notifications, until announced', () => {
    const store = openStore({ path: ':memory:' })
    store.addSilence(wanted, 1_000)
    store.addSilence({ ...wanted, until: 2_000 }, 1_000)
    tell(store, 'a', 1_500)
    tell(store, 'b', 1_600)

    expect(store.endedSilences('local', 4_999)).toStrictEqual([])
    expect(store.endedSilences('other', 5_000)).toStrictEqual([])
    const [ended] = store.endedSilences('local', 5_000)
    expect(ended).toStrictEqual({ silence: { ...wanted, id: '1', held: 2 }, events: { new_proposal: 2 } })

    store.commit(turn({ announcements: [announceSilence('local', ended!.silence, ended!.events)], time: 5_000 }), route)
    expect(store.endedSilences('local', 6_000)).toStrictEqual([])
    expect(store.due(9_000, 10)).toMatchObject([{ notification: { event: 'silence_ended' }, handler: 'log' }])
  })

  it('can be ended early', () => {
    const store = openStore({ path: ':memory:' })
    store.addSilence(wanted, 1_000)
    tell(store, 'a', 1_500)

    expect(store.endSilence('1', 2_000)).toMatchObject({ id: '1', held: 1 })
    expect(store.endSilence('1', 2_000)).toBeUndefined()
    expect(store.endSilence('zzz', 2_000)).toBeUndefined()
    expect(store.silences(2_000)).toStrictEqual([])
    expect(store.endedSilences('local', 2_000)).toHaveLength(1)
    tell(store, 'b', 2_000)
    expect(store.due(9_000, 10)).toHaveLength(1)
  })

  it('survive a restart, and can be added beside a running process', () => {
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const running = openStore({ path })
    running.claim(0)
    const beside = openStore({ path })
    const silence: Silence = beside.addSilence(wanted, 1_000)
    beside.close()

    tell(running, 'a', 1_500)
    running.close()
    const again = openStore({ path, readOnly: true })
    expect(again.silences(1_600)).toStrictEqual([{ ...silence, held: 1 }])
    expect(again.audit({}).filter(({ kind }) => kind === 'silence')).toMatchObject([
      { at: 1_000, chain: '', detail: { silence: '1', done: 'added', by: 'ann' } },
    ])
    again.close()
  })

  it('are limited in number', () => {
    const store = openStore({ path: ':memory:' })
    for (let count = 0; count < 1_000; count++) store.addSilence(wanted, 1_000)
    expect(() => store.addSilence(wanted, 1_000)).toThrow(/There are 1000 silences already/)
    expect(store.addSilence({ ...wanted, until: 9_000 }, 5_000)).toMatchObject({ id: '1001' })
  })
})
