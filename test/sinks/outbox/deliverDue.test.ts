import { asyncScheduler, lastValueFrom, map, NEVER, type Observable, take, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DeliveryError } from '../../../src/domain/errors.js'
import { deliverDue } from '../../../src/sinks/outbox/deliverDue.js'
import { deliverOutbox } from '../../../src/sinks/outbox/deliverOutbox.js'
import { webhookHandler } from '../../../src/channels/webhook.js'
import type { OutboxLane, OutboxOptions } from '../../../src/sinks/outbox/OutboxOptions.js'
import { openStore } from '../../../src/store/openStore.js'
import { marbles } from '../../support/marbles.js'
import { temporaryDirectory } from '../../support/storeGiven.js'
import { startWebhookServer } from '../../support/servers/webhookServer.js'
import { dead, memoryStore, pending, queue } from './outboxGiven.js'

function all<T>(source$: Observable<T>): Promise<T[]> {
  return lastValueFrom(source$.pipe(toArray()), { defaultValue: [] })
}

const down = new DeliveryError('transient', 'It is down.')

describe('deliverDue', () => {
  it(
    'tries every due row once, every handler at its own pace, and completes',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook', 'log'],
        ['b', 'hook', 'log'],
      ])
      queue(store, [['later', 'log']])
      for (const later of store.due(0, 10, 'log').slice(-1)) store.postpone(later, 5_000, { reason: '503' })
      queue(store, [['c', 'old']])
      const hook = { handler: { type: 'test', handle: () => cold('-----#', {}, down) }, timeoutMs: 9_000 }
      const log = { handler: { type: 'test', handle: () => cold('--|') }, timeoutMs: 9_000 }
      const handlers = new Map<string, OutboxLane>([
        ['hook', hook],
        ['log', log],
      ])
      const due$ = deliverDue({ store, handlers, now: () => asyncScheduler.now(), random: () => 1 })

      expectObservable(due$.pipe(map(({ handler, id, result }) => `${handler}/${id} ${result}`))).toBe(
        'z-a-bc----(d|)',
        {
          z: 'old/c buried',
          a: 'log/a delivered',
          b: 'log/b delivered',
          c: 'hook/a postponed',
          d: 'hook/b postponed',
        },
      )
      flush()
      expect(pending(store)).toStrictEqual(['hook/a/1', 'hook/b/1', 'log/later/1'])
      expect(dead(store)).toHaveLength(1)
    }),
  )

  it(
    'does not try a row again in the same pass, however long it takes',
    marbles(({ cold, expectObservable }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook'],
        ['b', 'hook'],
      ])
      const handlers = new Map<string, OutboxLane>([
        ['hook', { handler: { type: 'test', handle: () => cold('20s #', {}, down) }, timeoutMs: 30_000 }],
      ])

      expectObservable(
        deliverDue({ store, handlers, now: () => asyncScheduler.now(), random: () => 1 }).pipe(map(({ id }) => id)),
      ).toBe('20s a 19999ms (b|)')
    }),
  )

  it('does not try a row again in the same pass if the clock is set back', async () => {
    const store = memoryStore()
    queue(store, [['a', 'hook']])
    let clock = 3_600_000
    let tries = 0
    const handle = (): Promise<void> => {
      tries += 1
      clock = 60_000
      return Promise.reject(down)
    }
    const handlers = new Map<string, OutboxLane>([['hook', { handler: { type: 'test', handle }, timeoutMs: 1_000 }]])
    await all(deliverDue({ store, handlers, now: () => clock, random: () => 1 }))

    expect(tries).toBe(1)
    expect(pending(store)).toStrictEqual(['hook/a/1'])
  })

  it(
    'stops at a receiver that asks for a pause',
    marbles(({ cold, expectObservable }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook'],
        ['b', 'hook'],
      ])
      const busy$ = cold('-#', {}, new DeliveryError('transient', 'It is busy.', 60_000))
      const handlers = new Map<string, OutboxLane>([
        ['hook', { handler: { type: 'test', handle: () => busy$ }, timeoutMs: 30_000 }],
      ])

      expectObservable(
        deliverDue({ store, handlers, now: () => asyncScheduler.now(), random: () => 1 }).pipe(map(({ id }) => id)),
      ).toBe('-(a|)')
    }),
  )
})

describe('the outbox with a real receiver', () => {
  it('delivers a backlog in order, with an id that stays the same over all tries', async () => {
    const server = await startWebhookServer()
    onTestFinished(() => server.stop())
    const store = memoryStore()
    const now = (): number => clock
    let clock = 0
    queue(
      store,
      Array.from({ length: 50 }, (_, index) => [`n-${index}`, 'hook']),
    )
    const hook = {
      handler: webhookHandler({ url: server.url, secret: 's', timeoutMs: 60_000, now }),
      timeoutMs: 60_000,
    }
    const options: OutboxOptions = { store, handlers: new Map([['hook', hook]]), now, random: () => 1 }
    server.answerNext({ status: 503 }, { status: 204 }, 'drop', { status: 404 })

    const first = await all(deliverDue(options))
    expect(first.slice(0, 5).map(({ id, result }) => `${id} ${result}`)).toStrictEqual([
      'n-0 postponed',
      'n-1 delivered',
      'n-2 postponed',
      'n-3 buried',
      'n-4 delivered',
    ])
    clock = 1_000
    await all(deliverDue(options))

    const ids = server.requests.map(({ headers }) => headers['x-govstream-id'])
    expect(ids).toStrictEqual([...Array.from({ length: 50 }, (_, index) => `n-${index}`), 'n-0', 'n-2'])
    expect(pending(store)).toStrictEqual([])
    expect(store.stats()).toMatchObject({ delivered: 49, dead: 1 })
  })

  it('delivers again after a restart what was in flight, and nothing that was confirmed', async () => {
    const server = await startWebhookServer()
    onTestFinished(() => server.stop())
    using directory = temporaryDirectory()
    const path = `${directory.path}/state.db`
    const hook = { handler: webhookHandler({ url: server.url, timeoutMs: 60_000, now: () => 0 }), timeoutMs: 60_000 }
    const options = { handlers: new Map([['hook', hook]]), wake$: NEVER, now: () => 0, random: () => 1 }

    const before = openStore({ path })
    queue(before, [
      ['a', 'hook'],
      ['b', 'hook'],
    ])
    server.answerNext({ status: 200 }, 'hang')
    const running = deliverOutbox({ store: before, ...options }).subscribe()
    await server.waitFor(2)
    running.unsubscribe()
    before.close()

    const after = openStore({ path })
    const report = (await all(deliverOutbox({ store: after, ...options }).pipe(take(1))))[0]
    expect(report).toMatchObject({ id: 'b', attempt: 1, result: 'delivered' })
    expect(pending(after)).toStrictEqual([])
    after.close()
    expect(server.requests.map(({ headers }) => headers['x-govstream-id'])).toStrictEqual(['a', 'b', 'b'])
  })
})
