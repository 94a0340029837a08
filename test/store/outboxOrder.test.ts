import { expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import type { OutboxItem } from '../../src/store/DeliveryStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { announcement, notification, turn } from '../support/storeGiven.js'

type Row = readonly [id: string, subject: string, priority?: 'critical']

const over = (subject: string, priority?: 'critical') => ({
  data: { contract: '0xc0ffee', proposalId: subject },
  ...(priority !== undefined && { priority }),
})

function queue(store: EmbeddedStore, time: number, ...rows: readonly Row[]): void {
  const announcements = rows.map(([id, subject, priority]) => announcement(id, over(subject, priority)))
  store.commit(turn({ time, announcements }), () => ['chat', 'pager'])
}
const item = (id: string, subject: string): OutboxItem => ({
  notification: notification(id, over(subject)),
  handler: 'chat',
  attempts: 0,
})
const due = (store: EmbeddedStore, now: number): readonly string[] =>
  store.due(now, 100, 'chat').map((one) => one.notification.id)

it('the outbox holds later rows of a subject behind one that waits for a retry, at that handler only', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a'], ['b1', 'b'], ['a2', 'a'])
  store.postpone(item('a1', 'a'), 60_000, { reason: '503' })
  queue(store, 2_000, ['a3', 'a'], ['b2', 'b'])

  expect(due(store, 59_999)).toStrictEqual(['b1', 'b2'])
  expect(store.nextDue('chat')).toBe(0)
  expect(due(store, 60_000)).toStrictEqual(['a1', 'b1', 'a2', 'a3', 'b2'])
  expect(store.due(2_000, 100, 'pager')).toHaveLength(5)
  store.delivered(item('b1', 'b'), 3_000)
  store.delivered(item('b2', 'b'), 3_000)
  // Nothing to wake up for before the one that all others wait for.
  expect(store.nextDue('chat')).toBe(60_000)
})

it('the outbox releases the later rows of a subject if the one before them is buried', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a'], ['a2', 'a'])
  store.postpone(item('a1', 'a'), 60_000, { reason: '503' })
  store.bury(item('a1', 'a'), 60_000, { reason: '404' })

  expect(due(store, 60_000)).toStrictEqual(['a2'])
})

it('the outbox sends no other row ahead with a critical one that would overtake a retried row of its subject', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a'])
  store.postpone(item('a1', 'a'), 60_000, { reason: '503' })
  queue(store, 2_000, ['a2', 'a'], ['a3', 'a', 'critical'])

  expect(due(store, 60_000)).toStrictEqual(['a1', 'a2', 'a3'])
  expect(store.urgent(60_000, 'chat')?.notification.id).toBe('a3')
})

it('the outbox never lets a critical row wait for a retry, even of its subject', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a'], ['a2', 'a', 'critical'])
  store.postpone(item('a1', 'a'), 60_000, { reason: '503' })
  queue(store, 2_000, ['a3', 'a', 'critical'])

  expect(due(store, 2_000)).toStrictEqual(['a2', 'a3'])
  expect(store.urgent(2_000, 'chat')?.notification.id).toBe('a2')
})

it('the outbox sends a critical row ahead of other subjects, after older rows of its own', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['b1', 'b'], ['a1', 'a'], ['c1', 'c'])
  expect(store.urgent(1_000, 'chat')).toBeUndefined()
  queue(store, 2_000, ['a2', 'a', 'critical'])
  const next = (): string | undefined => store.urgent(2_000, 'chat')?.notification.id

  expect([next(), store.urgent(2_000, 'chat', { alone: true })?.notification.id]).toStrictEqual(['a1', 'a2'])
  store.delivered(item('a1', 'a'), 2_000)
  expect(next()).toBe('a2')
  store.delivered(item('a2', 'a'), 2_000)
  expect(next()).toBeUndefined()
})

it('the outbox probes with the oldest or newest of the least failed, never ahead of an older row of its subject', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a'], ['a2', 'a'], ['b1', 'b'], ['c1', 'c'])
  const probed = (now: number): string | undefined => store.probe(now, 'chat')?.notification.id
  const newest = (now: number): string | undefined => store.probe(now, 'chat', true)?.notification.id
  expect([probed(1_000), newest(1_000), store.probe(1_000, 'mail')]).toStrictEqual(['a1', 'c1', undefined])
  store.postpone(item('a1', 'a'), 2_000, { reason: '503' })
  store.postpone(item('b1', 'b'), 2_000, { reason: '503' })
  expect([probed(1_000), probed(2_000)]).toStrictEqual(['c1', 'c1'])
  store.delivered(item('c1', 'c'), 2_000)
  expect([probed(1_999), probed(2_000), newest(2_000)]).toStrictEqual([undefined, 'a1', 'b1'])
  store.postpone(item('a1', 'a'), 2_000, { reason: '503' })
  expect([probed(2_000), newest(2_000)]).toStrictEqual(['b1', 'b1'])
  store.postpone(item('b1', 'b'), 2_000, { reason: '503' })
  expect([probed(2_000), newest(2_000)]).toStrictEqual(['a1', 'b1'])
})

it('the outbox probes with a row whose time is too far ahead because the clock was set back, and keeps its order', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a'], ['a2', 'a'])
  store.postpone(item('a1', 'a'), 1_000 + 10 * 86_400_000, { reason: '503' })
  const probed = [false, true].map((newest) => store.probe(1_000, 'chat', newest)?.notification.id)
  expect(probed).toStrictEqual(['a1', 'a1'])
})

it('the outbox probes with a critical row ahead of an older row of its subject', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a'], ['a2', 'a', 'critical'])
  store.postpone(item('a1', 'a'), 1_000, { reason: '503' })
  expect(store.probe(1_000, 'chat')?.notification.id).toBe('a2')
})

it('the outbox returns only untried critical rows if asked', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a', 'critical'], ['b1', 'b', 'critical'])
  const next = (): string | undefined => store.urgent(1_000, 'chat', { untried: true })?.notification.id
  expect(next()).toBe('a1')
  store.postpone(item('a1', 'a'), 1_000, { reason: '503' })
  expect(next()).toBe('b1')
  store.postpone(item('b1', 'b'), 1_000, { reason: '503' })
  expect(next()).toBeUndefined()
})

it('the outbox makes all waiting retries of one handler due, and the rows behind them', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a'], ['a2', 'a'], ['b1', 'b'])
  store.postpone(item('a1', 'a'), 60_000, { reason: '503' })
  store.postpone(item('b1', 'b'), 600_000, { reason: '503' })
  store.makeDue('mail', 2_000)
  expect(due(store, 2_000)).toStrictEqual([])
  store.makeDue('chat', 2_000)
  expect(due(store, 2_000)).toStrictEqual(['a1', 'a2', 'b1'])
})

it('the outbox lists tried but undelivered rows, with the answer and the next try', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a'], ['b1', 'b'], ['c1', 'c'])
  store.bury(item('a1', 'a'), 3_000, { reason: 'It is gone.', status: 404 })
  store.postpone(item('b1', 'b'), 9_000, { reason: 'It is down.', status: 503 })
  const failed = store
    .failedDeliveries()
    .map(({ notification: { id }, handler, attempts, reason, status, at, nextTryAt }) => ({
      id,
      handler,
      attempts,
      reason,
      status,
      at,
      nextTryAt,
    }))

  expect(failed).toStrictEqual([
    { id: 'b1', handler: 'chat', attempts: 1, reason: 'It is down.', status: 503, at: 1_000, nextTryAt: 9_000 },
    { id: 'a1', handler: 'chat', attempts: 1, reason: 'It is gone.', status: 404, at: 3_000, nextTryAt: undefined },
  ])
  expect(store.failedDeliveries(1).map(({ notification: { id } }) => id)).toStrictEqual(['b1'])
})

it('the outbox lists undelivered rows newest first, page by page, starting after any of them', () => {
  const store = openStore({ path: ':memory:' })
  queue(store, 1_000, ['a1', 'a'], ['b1', 'b'], ['c1', 'c'], ['d1', 'd'], ['e1', 'e'])
  store.bury(item('d1', 'd'), 3_000, { reason: 'It is gone.' })
  store.bury(item('a1', 'a'), 3_000, { reason: 'It is gone.' })
  for (const [id, subject] of [
    ['b1', 'b'],
    ['c1', 'c'],
  ] as const)
    store.postpone(item(id, subject), 9_000, { reason: 'It is down.' })
  const after = (id: string, limit: number) =>
    store.failedDeliveriesAfter({ handler: 'chat', id }, limit)?.map(({ notification }) => notification.id)

  expect(after('c1', 9)).toStrictEqual(['b1', 'd1', 'a1'])
  expect(after('c1', 2)).toStrictEqual(['b1', 'd1'])
  expect(after('d1', 9)).toStrictEqual(['a1'])
  expect(after('a1', 9)).toStrictEqual([])
  // One that was not tried, and an unknown one.
  expect(after('e1', 9)).toBeUndefined()
  expect(after('x', 9)).toBeUndefined()
})
