import { lastValueFrom, NEVER, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { ServiceRefusal } from '../../../src/channels/askService.js'
import type { Notification } from '../../../src/domain/notifications/notification.js'
import { attemptDelivery } from '../../../src/sinks/outbox/attemptDelivery.js'
import { DeliveryError } from '../../../src/domain/errors.js'
import type { DeliveryReport } from '../../../src/sinks/outbox/DeliveryReport.js'
import type { OutboxReceiver, VoteSource } from '../../../src/sinks/outbox/OutboxOptions.js'
import { notification } from '../../support/storeGiven.js'
import { memoryStore, queue } from './outboxGiven.js'

const circle: unknown[] = []
circle.push(circle, circle)
const end = { defaultValue: undefined }

type Handle = OutboxReceiver['handle']

// Handlers return promises, which cannot run in marbles.
async function attempt(handle: Handle, timeoutMs = 60_000): Promise<DeliveryReport | undefined> {
  const reports = await lastValueFrom(attemptDelivery(...given(handle, timeoutMs)).pipe(toArray()), {
    defaultValue: [],
  })
  expect(reports).toHaveLength(1)
  return reports[0]
}

function given(handle: Handle, timeoutMs = 60_000): Parameters<typeof attemptDelivery> {
  const store = memoryStore()
  queue(store, [['a', 'own']])
  const [item] = store.due(0, 1)
  if (item === undefined) throw new Error('nothing is due')
  const lane = { handler: { type: 'own', handle }, timeoutMs }
  return [item, lane, { store, handlers: new Map(), now: () => 7, random: () => 1 }]
}

describe('attemptDelivery', () => {
  it('passes the notification and reports the result', async () => {
    const seen: Notification[] = []
    const report = await attempt((notification) => {
      seen.push(notification)
      return Promise.resolve('ignored')
    })
    expect(report).toStrictEqual({ handler: 'own', id: 'a', chain: 'local', attempt: 1, at: 7, result: 'delivered' })
    expect(seen.map(({ id, title }) => [id, title])).toStrictEqual([['a', 'New: a']])
  })

  it.each([
    ['named by a route', ['own'], undefined],
    ['named only to close its subject', [], true],
  ])('tells a handler that it is %s', async (_, to, closesOnly) => {
    const seen: unknown[] = []
    const [item, lane, options] = given((_notification, context) => {
      seen.push(context.closesOnly)
      return Promise.resolve()
    })
    const done = notification(item.notification.id, { event: 'proposal_rejected' })
    const votes: VoteSource = {
      moved$: NEVER,
      states: () => [],
      route: (_one, { hasTold }) => (hasTold === undefined ? [] : to),
    }
    await lastValueFrom(attemptDelivery({ ...item, notification: done }, lane, { ...options, votes }), end)
    expect(seen).toStrictEqual([closesOnly])
  })

  it('stores the receipt of the handler, and passes it with the next notification of the subject', async () => {
    const store = memoryStore()
    queue(store, [
      ['a#1', 'own'],
      ['a#2', 'own'],
      ['a#3', 'own'],
    ])
    const told: unknown[] = []
    const answers: readonly unknown[] = [{ ts: '1' }, undefined, 'x'.repeat(20_000)]
    const handle: Handle = (_notification, { posted }) => Promise.resolve(answers[told.push(posted) - 1])
    for (const item of store.due(0, 3))
      await lastValueFrom(
        attemptDelivery(
          item,
          { handler: { type: 'own', handle }, timeoutMs: 60_000 },
          { store, handlers: new Map(), now: () => 7, random: () => 1 },
        ),
        { defaultValue: undefined },
      )

    // An invalid receipt does not replace the former one.
    expect(told).toStrictEqual([undefined, { ts: '1' }, { ts: '1' }])
    expect(store.stats()).toMatchObject({ pending: 0, delivered: 3 })
  })

  it('stores what the handler asks to remember at once, even if the try fails', async () => {
    const [item, lane, options] = given(async (_notification, { remember }) => {
      await remember?.({ ts: '1' })
      throw new Error('boom')
    })
    const report = await lastValueFrom(attemptDelivery(item, lane, options), end)

    expect(report).toMatchObject({ result: 'postponed' })
    expect(options.store.posted(item)).toStrictEqual({ ts: '1' })
    expect(options.store.isOutdated(item)).toBe(false)
  })

  it.each([
    ['a circle', circle],
    ['a bigint', 1n],
    ['a function', () => undefined],
    ['a long text', 'x'.repeat(20_000)],
    ['a deep one', JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`)],
  ] satisfies [string, unknown][])('accepts %s as an answer, but stores no receipt', async (_case, answer) => {
    const [item, lane, options] = given(() => Promise.resolve(answer))
    const report = await lastValueFrom(attemptDelivery(item, lane, options), end)

    expect(report).toMatchObject({ result: 'delivered' })
    expect(options.store.posted(item)).toBeUndefined()
  })

  it('reports the status of a refusal', async () => {
    const refusal = new ServiceRefusal('permanent', 'Chat answered 404.', 404)
    expect(await attempt(() => Promise.reject(refusal))).toMatchObject({ result: 'buried', status: 404 })
  })

  it('counts a handler that returns undefined as successful', async () => {
    expect(await attempt(() => undefined)).toMatchObject({ result: 'delivered' })
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('boom'))],
    [
      'throws',
      () => {
        throw new Error('boom')
      },
    ],
  ] satisfies [string, Handle][])('counts an error of a handler that %s as transient', async (_case, handle) => {
    expect(await attempt(handle)).toMatchObject({ result: 'postponed', until: 1_007, held: false, reason: 'boom' })
  })

  it('removes secrets and control characters from a foreign error', async () => {
    const cause = new Error(
      'POST https://hooks.example.com/T0/very-secret?key=1 failed\u001b[31m\nand wss://user:pw@host.example/x too',
    )
    expect(await attempt(() => Promise.reject(cause))).toMatchObject({
      reason: 'POST https://hooks.example.com failed and wss://host.example too',
    })
  })

  it('removes secrets before it cuts a text, so that no part of one is left', async () => {
    const [item, lane, options] = given(() => Promise.reject(new Error(`${'x'.repeat(290)} the-whole-secret`)))
    const report = await lastValueFrom(
      attemptDelivery(item, lane, { ...options, conceal: (text) => text.replaceAll('the-whole-secret', '***') }),
      { defaultValue: undefined },
    )
    expect(report).toMatchObject({ reason: `${'x'.repeat(290)} ***` })
  })

  it('retries within an hour, whatever pause the receiver asks for', async () => {
    const busy = new DeliveryError('transient', 'It is busy.', 86_400_000)
    expect(await attempt(() => Promise.reject(busy))).toMatchObject({
      result: 'postponed',
      until: 3_600_007,
      held: true,
    })
  })

  it('aborts a handler that is too slow', async () => {
    const signals: AbortSignal[] = []
    const report = await attempt((_notification, { signal }) => {
      signals.push(signal)
      return new Promise(() => undefined)
    }, 5)
    expect(report).toMatchObject({ result: 'postponed', reason: 'The handler own did not finish in 5 ms.' })
    expect(signals.map(({ aborted }) => aborted)).toStrictEqual([true])
  })

  it('aborts on unsubscribe and keeps the row, but does not abort a finished handler', async () => {
    const signals: AbortSignal[] = []
    const handle =
      (answer: Promise<unknown>): Handle =>
      (_notification, { signal }) => {
        signals.push(signal)
        return answer
      }
    await attempt(handle(Promise.resolve()))
    const parts = given(handle(new Promise(() => undefined)))
    attemptDelivery(...parts)
      .subscribe()
      .unsubscribe()
    expect(signals.map(({ aborted }) => aborted)).toStrictEqual([false, true])
    expect(parts[2].store.due(0, 1)).toHaveLength(1)
  })

  it('catches a rejection after the end', async () => {
    let fail = (): void => undefined
    const parts = given(
      () =>
        new Promise((_resolve, reject) => {
          fail = () => reject(new Error('too late'))
        }),
    )
    const escaped: unknown[] = []
    const note = (cause: unknown): void => void escaped.push(cause)
    process.on('unhandledRejection', note)
    attemptDelivery(...parts)
      .subscribe()
      .unsubscribe()
    fail()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(escaped).toStrictEqual([])
  })

  it.each([
    [1, 'postponed'],
    [2, 'buried'],
  ])('buries after the last allowed try: after %i of two it is %s', async (tries, result) => {
    const [item, lane, options] = given(() => Promise.reject(new Error('boom')))
    const report = await lastValueFrom(
      attemptDelivery({ ...item, attempts: tries - 1 }, { ...lane, maxAttempts: 2 }, options),
      { defaultValue: undefined },
    )
    expect(report).toMatchObject({ attempt: tries, result })
  })
})
