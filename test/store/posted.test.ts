import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import { openStore } from '../../src/store/openStore.js'
import type { OutboxItem } from '../../src/store/DeliveryStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import type { RoutingMoment } from '../../src/domain/notifications/routing.js'
import {
  announcement,
  holding,
  notification,
  proposal,
  queueing,
  state,
  temporaryDirectory,
  turn,
  upgrade,
} from '../support/storeGiven.js'

const subject = keyOf(proposal('1'))
const item = (id: string, handler = 'chat'): OutboxItem => ({ notification: notification(id), handler, attempts: 0 })

function queued(...ids: readonly string[]): EmbeddedStore {
  const store = openStore({ path: ':memory:' })
  store.commit(turn({ announcements: ids.map((id) => announcement(id)) }), () => ['chat', 'room'])
  return store
}

describe('the receipt that a handler stores for a subject', () => {
  it('is returned for this handler and subject only, and replaced by a newer one', () => {
    const store = queued('1', '2')
    expect(store.posted(item('1'))).toBeUndefined()
    store.delivered(item('1'), 2_000, { ts: '17.1' })
    expect(store.posted(item('1'))).toStrictEqual({ ts: '17.1' })
    store.delivered(item('1'), 3_000, { ts: '17.2', replies: ['a'] })
    store.delivered(item('1'), 4_000)

    expect(store.posted(item('1'))).toStrictEqual({ ts: '17.2', replies: ['a'] })
    expect(store.posted(item('1', 'room'))).toBeUndefined()
    expect(store.posted(item('2'))).toBeUndefined()
  })

  it('has the newest notification: an earlier one is outdated, even within the same turn', () => {
    const store = queued('1#a', '1#b', '2')
    store.commit(turn({ announcements: [announcement('1#c')], time: 5_000 }), () => [])
    expect(store.isOutdated(item('1#a'))).toBe(false)
    store.delivered(item('1#b'), 2_000, 'b')
    const outdated = () => ['1#a', '1#b', '1#c', '2'].map((id) => store.isOutdated(item(id)))
    expect(outdated()).toStrictEqual([true, false, false, false])
    expect(store.isOutdated(item('1#a', 'room'))).toBe(false)

    // A late one is stored, and the newest notification stays the same.
    store.delivered(item('1#a'), 3_000, 'a')
    expect(store.posted(item('1#a'))).toBe('a')
    expect(outdated()).toStrictEqual([true, false, false, false])
    store.delivered(item('1#c'), 6_000, 'c')
    expect(outdated()).toStrictEqual([true, true, false, false])
  })

  it('forgets what was shown and refused if a late notification is posted as a new message', () => {
    const store = queued('1#a', '1#b')
    store.delivered(item('1#b'), 2_000, 'b')
    store.noteEdit('chat', subject, { at: 2_500, shown: 'ended', isRefused: true })
    expect(store.livingPost('chat', subject)).toMatchObject({ posted: 'b', shown: 'ended', isRefused: true })
    store.delivered(item('1#a'), 3_000, 'a')
    expect(store.livingPost('chat', subject)).toMatchObject({ posted: 'a', isRefused: false })
    expect(store.livingPost('chat', subject)).not.toHaveProperty('shown')
  })

  it('of a plan replaced by another proposal has the rescheduling: late notifications of the first are outdated', () => {
    const store = queued('1#a', '1#late')
    const data = { contract: '0xc0ffee', proposalId: '2', key: 'local/0xc0ffee/2', before: { key: subject } }
    const moved = { ...announcement('2#moved', { event: 'upgrade_rescheduled', data }) }
    store.commit(turn({ announcements: [moved], time: 5_000 }), () => ['chat'])
    store.delivered(item('1#a'), 2_000, 'one')
    store.delivered({ ...item('2#moved'), notification: moved.notification }, 6_000, 'two')

    expect(store.isOutdated(item('1#late'))).toBe(true)
    expect(store.posted({ ...item('2#moved'), notification: moved.notification }, subject)).toBe('one')
  })

  it('of a plan that moved is no longer edited as its own, unless it was notified of again after the move', () => {
    const data = { contract: '0xc0ffee', proposalId: '2', key: 'local/0xc0ffee/2', before: { key: subject } }
    const moved = { ...announcement('2#moved', { event: 'upgrade_rescheduled', data }) }
    const toMoved = { ...item('2#moved'), notification: moved.notification }
    const store = queued('1#a')
    store.commit(turn({ announcements: [announcement('1#late')], time: 3_000 }), () => ['chat'])
    store.commit(turn({ announcements: [moved], time: 5_000 }), () => ['chat'])
    store.commit(turn({ announcements: [announcement('1#again')], time: 7_000 }), () => ['chat'])
    store.delivered(item('1#a'), 8_000, 'one')
    expect(store.livingPost('chat', subject)?.told.id).toBe('1#a')
    expect(store.isToldSince(item('1#late'), subject)).toBe(false)
    store.delivered(toMoved, 9_000, 'two')
    expect(store.livingPost('chat', subject)).toBeUndefined()
    expect(store.isToldSince(item('1#late'), subject)).toBe(true)

    store.delivered(item('1#again'), 10_000, 'three')
    store.delivered(toMoved, 11_000, 'two')
    expect(store.livingPost('chat', subject)?.told.id).toBe('1#again')
  })

  it('has an older notification after the inbox was pruned or the clock was set back', () => {
    const store = queued('1#a', '1#b')
    for (const id of ['1#a', '1#b'])
      for (const handler of ['chat', 'room']) store.delivered(item(id, handler), 2_000, id)
    // A receipt is as old as its delivery.
    store.prune({ maxNotifications: 100, before: 1_500 })
    store.commit(turn({ announcements: [announcement('1#c')], time: 7_000 }), () => ['chat'])
    expect(store.isOutdated(item('1#c'))).toBe(false)
    store.delivered(item('1#c'), 7_500, 'c')
    store.commit(turn({ announcements: [announcement('1#d')], time: 6_000 }), () => ['chat'])
    expect(store.isOutdated(item('1#d'))).toBe(false)
  })

  it('has the newest notification of a bundle', () => {
    const store = openStore({ path: ':memory:' })
    const to = [{ handler: 'chat', releaseAt: 5_000, bundle: 'x' }]
    const later = announcement('1#c')
    store.commit(turn({ announcements: [announcement('1#a'), announcement('1#b'), later] }), ({ id }) =>
      id === '1#b' ? ['chat'] : { to },
    )
    store.delivered(item('1#b'), 2_000, 'b')
    const [bundle] = store.due(5_000, 1)
    expect(bundle).toMatchObject({ notification: { id: '1#a' }, bundle: { count: 2 } })
    expect(store.isOutdated(bundle!)).toBe(false)
    store.delivered(bundle!, 5_000, 'c')
    expect(store.isOutdated(item('1#b'))).toBe(true)
    expect(store.isOutdated(item('1#c'))).toBe(false)
  })

  it('survives a restart', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const before = openStore({ path })
    before.commit(turn({ announcements: [announcement('1')] }), () => ['chat'])
    before.delivered(item('1'), 2_000, { ts: '17.1' })
    before.close()
    const after = openStore({ path })

    expect([after.posted(item('1')), after.due(9_000, 9)]).toStrictEqual([{ ts: '17.1' }, []])
    after.close()
  })

  it('is removed with its subject, but not by a retraction, which is still to be shown', () => {
    const store = queued('1')
    store.delivered(item('1'), 2_000, 'here')
    const retracted = { type: 'proposalRetracted', proposal: proposal('1'), chain: 'local', at: 1n, time: 2n } as const
    store.commit(turn({ changes: [retracted], forgotten: [subject] }), () => [])
    expect(store.posted(item('1'))).toBe('here')
    store.commit(turn({ forgotten: [subject] }), () => [])

    expect(store.posted(item('1'))).toBeUndefined()
  })

  it('is kept past its age while its proposal, upgrade or chain is tracked, or its channel is down', () => {
    const store = openStore({ path: ':memory:' })
    const about = (parts: object, event: 'hook_failed' | 'source_down' | 'channel_down' | 'new_proposal') =>
      announcement(`${event} ${JSON.stringify(parts)}`, { event, data: { ...parts } })
    const told = [
      about({ contract: '0xc0ffee', proposalId: '1' }, 'new_proposal'),
      about({ contract: '0xc0ffee', proposalId: '2' }, 'hook_failed'),
      about({}, 'source_down'),
      about({ channel: 'room' }, 'channel_down'),
      about({ contract: '0xc0ffee', proposalId: '3' }, 'new_proposal'),
      about({ channel: 'gone' }, 'channel_down'),
    ]
    const tracked = state({ proposals: holding(proposal('1')), upgrades: queueing(upgrade('2')) })
    store.commit(turn({ state: tracked, announcements: told }), () => ['chat'])
    store.recordAttempt('room', { at: 1_000, chain: 'local', ok: false, reason: 'down', until: 2_000 })
    for (const { notification: one } of told)
      store.delivered({ notification: one, handler: 'chat', attempts: 0 }, 2_000, 'here')
    store.prune({ maxNotifications: 100, before: 90_000 })

    const kept = (): readonly unknown[] =>
      told.map(({ notification: one }) => store.posted({ notification: one, handler: 'chat', attempts: 0 }))
    expect(kept()).toStrictEqual(['here', 'here', 'here', 'here', undefined, undefined])
    store.commit(turn({ state: state(), forgotten: [subject] }, tracked), () => [])
    store.prune({ maxNotifications: 100, before: 90_000 })
    expect(kept().slice(0, 2)).toStrictEqual([undefined, undefined])
  })

  it('is kept for at most 10,000 subjects, those notified last', () => {
    const store = queued('1')
    store.delivered(item('old'), 0, 'old')
    for (let count = 0; count < 9_999; count += 1) store.delivered(item(`n${count}`), 1_000, count)
    store.delivered(item('old'), 0, 'again')
    store.delivered(item('new'), 1_000, 'new')

    expect(['old', 'n0', 'n1', 'new'].map((id) => store.posted(item(id)))).toStrictEqual(['again', undefined, 1, 'new'])
  })
})

describe('whether a handler was notified of a subject', () => {
  /** What the route of a later notification is given for each handler. */
  function toldIn(store: EmbeddedStore): readonly string[] {
    let seen: RoutingMoment | undefined
    store.commit(turn({ announcements: [announcement('1#later')], time: 9_000 }), (_, moment) => {
      seen = moment
      return []
    })
    return ['chat', 'room', 'digest'].filter((handler) => seen?.hasTold?.(handler, subject) === true)
  }

  it('is true while something waits, is held, was buried, or has a receipt', () => {
    const given = (): EmbeddedStore => openStore({ path: ':memory:' })
    const told = (store: EmbeddedStore, to: Parameters<EmbeddedStore['commit']>[1]): EmbeddedStore => {
      store.commit(turn({ announcements: [announcement('1#a'), announcement('2')] }), to)
      return store
    }
    expect(toldIn(given())).toStrictEqual([])
    expect(toldIn(told(given(), () => ['chat']))).toStrictEqual(['chat'])
    expect(toldIn(told(given(), () => ({ to: [{ handler: 'digest', releaseAt: 90_000 }] })))).toStrictEqual(['digest'])
    const store = told(given(), ({ id }) => (id === '2' ? ['chat', 'room', 'digest'] : ['chat', 'room']))
    store.bury(item('1#a'), 2_000, { reason: '404' })
    store.delivered(item('1#a', 'room'), 2_000)
    expect(toldIn(store)).toStrictEqual(['chat'])
    const posted = told(given(), () => ['room'])
    posted.delivered(item('1#a', 'room'), 2_000, 'here')
    expect(toldIn(posted)).toStrictEqual(['room'])
  })
})
