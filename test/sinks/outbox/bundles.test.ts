import { lastValueFrom, NEVER, of, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { HandlerContext } from '../../../src/channels/Handler.js'
import { createRouter } from '../../../src/notify/createRouter.js'
import { deliverDue } from '../../../src/sinks/outbox/deliverDue.js'
import type { OutboxOptions, VoteSource } from '../../../src/sinks/outbox/OutboxOptions.js'
import { announcement, turn } from '../../support/storeGiven.js'
import { lane } from './deliverOutboxGiven.js'
import { memoryStore } from './outboxGiven.js'

describe('a bundle', () => {
  it('is passed to its handler once and completely, without the secrets of a plan, and settled as one', async () => {
    const store = memoryStore()
    const announcements = ['a', 'b', 'c'].map((id) => announcement(id, { data: { info: 'key s3cr3t' } }))
    const to = [{ handler: 'chat', releaseAt: 5_000, bundle: 'x' }]
    store.commit(turn({ announcements, time: 1_000 }), () => ({ to }))
    const got: Pick<HandlerContext, 'bundle'>[] = []
    const handler = {
      type: 'chat',
      handle: (_: unknown, { bundle }: HandlerContext) => {
        got.push({ ...(bundle !== undefined && { bundle }) })
        return Promise.resolve()
      },
    }
    const deliver = (now: number) =>
      lastValueFrom(
        deliverDue({
          store,
          now: () => now,
          random: () => 0.5,
          conceal: (text) => text.replaceAll('s3cr3t', '***'),
          handlers: new Map([['chat', { handler, timeoutMs: 1_000 }]]),
        }).pipe(toArray()),
        { defaultValue: [] },
      )

    expect(await deliver(4_999)).toStrictEqual([])
    expect(await deliver(5_000)).toMatchObject([{ result: 'delivered', id: 'a' }])
    expect(await deliver(6_000)).toStrictEqual([])
    const shown = { data: { info: 'key ***' } }
    expect(got).toMatchObject([{ bundle: { count: 3, notifications: [shown, shown, shown] } }])
    expect(store.stats()).toMatchObject({ pending: 0, delivered: 3 })
  })
})

describe('a notification held while the clock was a year ahead', () => {
  const night = Date.parse('2026-11-28T23:00:00Z')
  const clock = { wants: () => true, bundles: true }
  const route = createRouter({
    rules: [{ match: {}, continue: false, quietHours: [{ from: 22 * 60, to: 7 * 60 }] }],
    handlers: new Map([['chat', clock]]),
    timezone: 'UTC',
    systemOf: () => undefined,
  })
  const votes: VoteSource = { moved$: NEVER, states: () => [], route }

  /** When it is delivered, with a check each hour after the clock was corrected. */
  async function toldAt(options: Pick<OutboxOptions, 'votes'>): Promise<string | undefined> {
    const store = memoryStore()
    store.commit(turn({ announcements: [announcement('a')], time: night + 365 * 86_400_000 + 3_600_000 }), route)
    const handlers = new Map([['chat', lane(() => of(undefined))]])
    for (let now = night; now < night + 86_400_000; now += 3_600_000) {
      const reports$ = deliverDue({ ...options, store, handlers, now: () => now, random: () => 0.5 })
      for (const { at } of await lastValueFrom(reports$.pipe(toArray()), { defaultValue: [] }))
        return new Date(at).toISOString()
    }
    return undefined
  }

  it('is delivered in the morning of today, or at once without known routes', async () => {
    expect(await toldAt({ votes })).toBe('2026-11-29T07:00:00.000Z')
    expect(await toldAt({})).toBe('2026-11-28T23:00:00.000Z')
  })
})
