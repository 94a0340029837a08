import { lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { HandlerContext } from '../../../src/channels/Handler.js'
import { deliverDue } from '../../../src/sinks/outbox/deliverDue.js'
import { announcement, turn } from '../../support/storeGiven.js'
import { memoryStore } from './outboxGiven.js'

describe('a bundle', () => {
  it('is handed to its handler once, whole, without the secrets of a plan, and settled as one', async () => {
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
