import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { announceOutage } from '../../src/domain/notifications/announceOutage.js'
import { openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { memoryStore, queue } from '../sinks/outbox/outboxGiven.js'
import { temporaryDirectory, turn } from '../support/storeGiven.js'

const refused = { chain: 'local', ok: false, reason: 'The token is revoked.', status: 401 } as const

/** Commits the notifications about outages at `now`, as a turn does. */
function tell(store: EmbeddedStore, now: number): readonly string[] {
  const announcements = store
    .outages()
    .flatMap((outage) => announceOutage(outage, { chain: 'local', waiting: 0, now }) ?? [])
  if (announcements.length > 0) store.commit(turn({ time: now, announcements }), () => ['log'])
  return announcements.map(({ notification: { event } }) => event)
}

describe('outages of channels in the store', () => {
  it('survive a restart, and so does whether they were announced', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'state.db')
    const reopened = <T>(use: (store: EmbeddedStore) => T): T => {
      const store = openStore({ path })
      try {
        return use(store)
      } finally {
        store.close()
      }
    }
    reopened((store) => store.recordAttempt('pager', { ...refused, at: 1_000 }))
    const noted = reopened((store) => store.outages())
    expect(noted).toMatchObject([
      {
        channel: 'pager',
        chain: 'local',
        since: 1_000,
        tries: 1,
        status: 401,
        isDown: true,
        isTold: false,
      },
    ])
    expect(reopened((store) => tell(store, 2_000))).toStrictEqual(['channel_down'])
    reopened((store) => store.recordAttempt('pager', { ...refused, at: 3_000 }))
    expect(reopened((store) => tell(store, 4_000))).toStrictEqual([])
    reopened((store) => store.recordAttempt('pager', { at: 5_000, chain: 'local', ok: true }))
    expect(reopened((store) => tell(store, 304_999))).toStrictEqual([])
    expect(reopened((store) => tell(store, 305_000))).toStrictEqual(['channel_recovered'])
    expect(reopened((store) => store.outages())).toStrictEqual([])
  })

  it('know how many notifications wait for a channel', () => {
    const store = memoryStore()
    queue(store, [
      ['1', 'pager', 'log'],
      ['2', 'pager'],
    ])
    expect([store.waitingFor('pager'), store.waitingFor('log'), store.waitingFor('chat')]).toStrictEqual([2, 1, 0])
    expect(store.waitingSince('chat')).toBeUndefined()
    expect(store.waitingSince('pager')).toBe(store.waitingSince('log'))
  })

  it('are removed for a channel that is no longer configured', () => {
    const store = memoryStore()
    store.recordAttempt('pager', { ...refused, at: 0 })
    store.recordAttempt('chat', { ...refused, at: 0 })
    store.forgetOutages(['chat', 'log'])
    expect(store.outages()).toMatchObject([{ channel: 'chat' }])
  })

  it('are kept for a removed channel if announced, until its removal is announced', () => {
    const store = memoryStore()
    store.recordAttempt('pager', { ...refused, at: 0 })
    expect(tell(store, 2_000)).toStrictEqual(['channel_down'])
    store.forgetOutages([])
    expect(store.outages()).toMatchObject([{ channel: 'pager', isTold: true }])
  })
})
