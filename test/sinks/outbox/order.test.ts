import { from, lastValueFrom, map, of, throwError, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { deliverDue } from '../../../src/sinks/outbox/deliverDue.js'
import type { OutboxLane } from '../../../src/sinks/outbox/OutboxOptions.js'
import type { EmbeddedStore } from '../../../src/store/Store.js'
import { announcement, turn } from '../../support/storeGiven.js'
import { deliver, down, lane } from './deliverOutboxGiven.js'
import { createPacer } from '../../../src/sinks/outbox/createPacer.js'
import { marbles } from '../../support/marbles.js'
import { memoryStore, queue } from './outboxGiven.js'

const queueUrgent = (store: EmbeddedStore, id: string): void => {
  store.commit(turn({ announcements: [announcement(id, { priority: 'critical' })], time: 0 }), () => ['hook'])
}

async function delivered(store: EmbeddedStore, hook: OutboxLane): Promise<readonly string[]> {
  const options = { store, handlers: new Map([['hook', hook]]), now: () => 0, random: () => 1 }
  const reports$ = deliverDue(options).pipe(
    map(({ id, result }) => `${id} ${result}`),
    toArray(),
  )
  return lastValueFrom(reports$, { defaultValue: [] })
}

describe('the order of deliveries at one handler', () => {
  it('puts a critical one first, also one added in the middle of a burst', async () => {
    const store = memoryStore()
    queue(
      store,
      Array.from({ length: 300 }, (_, at) => [`low${at}`, 'hook']),
    )
    queueUrgent(store, 'first')
    const told: string[] = []
    const hook = lane((id) => {
      told.push(id)
      if (id === 'low149') queueUrgent(store, 'late')
      return of(undefined)
    })
    await delivered(store, hook)

    expect([told.length, told[0], told[151], told.at(-1)]).toStrictEqual([302, 'first', 'late', 'low299'])
  })

  it('puts a critical one after older ones of its subject', async () => {
    const store = memoryStore()
    queue(store, [
      ['b', 'hook'],
      ['a#1', 'hook'],
    ])
    queueUrgent(store, 'a#2')

    expect(
      await delivered(
        store,
        lane(() => of()),
      ),
    ).toStrictEqual(['a#1 delivered', 'a#2 delivered', 'b delivered'])
  })

  it('never lets a critical one wait for the retry of an older one', async () => {
    const store = memoryStore()
    queue(store, [['a#1', 'hook']])
    queueUrgent(store, 'a#2')
    const hook = lane((id) => (id === 'a#1' ? throwError(() => down) : of()))

    expect(await delivered(store, hook)).toStrictEqual(['a#1 postponed', 'a#2 delivered'])
  })

  it(
    'puts later ones of a subject after the retry of an earlier one, and others meanwhile',
    marbles(({ expectObservable }) => {
      const store = memoryStore()
      queue(store, [
        ['a#1', 'hook'],
        ['a#2', 'hook'],
        ['b', 'hook'],
      ])
      let tries = 0
      const hook = lane((id) => (id === 'a#1' && (tries += 1) < 2 ? throwError(() => down) : from([])))

      expectObservable(deliver(store, { hook }), '9s !').toBe('(ab) 996ms (cd)', {
        a: 'hook/a#1 postponed 1 until 1000',
        b: 'hook/b delivered 1',
        c: 'hook/a#1 delivered 2',
        d: 'hook/a#2 delivered 1',
      })
    }),
  )

  it(
    'keeps a handler within its rate, critical ones first, and no other handler waits for it',
    marbles(({ expectObservable }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook', 'log'],
        ['b', 'hook', 'log'],
        ['c', 'hook'],
      ])
      const hook = lane(
        (id) => {
          if (id === 'b') queueUrgent(store, 'late')
          return from([])
        },
        { pacer: createPacer({ count: 2, perMs: 1_000 }) },
      )

      expectObservable(deliver(store, { hook, log: lane(() => from([])) }), '9s !').toBe('(abcd) 994ms (ef)', {
        a: 'hook/a delivered 1',
        b: 'hook/b delivered 1',
        c: 'log/a delivered 1',
        d: 'log/b delivered 1',
        e: 'hook/late delivered 1',
        f: 'hook/c delivered 1',
      })
    }),
  )

  it(
    'continues the pace before a restart from the state',
    marbles(({ expectObservable }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook', 'log'],
        ['b', 'hook'],
        ['c', 'hook'],
      ])
      const notification = announcement('a').notification
      store.delivered({ notification, handler: 'hook', attempts: 0 }, -400)
      store.delivered({ notification, handler: 'log', attempts: 0 }, -100)
      const hook = lane(() => from([]), { pacer: createPacer({ count: 1, perMs: 1_000 }) })

      expectObservable(deliver(store, { hook }), '9s !').toBe('600ms b 999ms c', {
        b: 'hook/b delivered 1',
        c: 'hook/c delivered 1',
      })
    }),
  )

  it.each(['high', 'critical'] as const)(
    'keeps a burst of 3,000 that are %s in order, one at a time',
    async (priority) => {
      const store = memoryStore()
      const ids = Array.from({ length: 3_000 }, (_, at) => `n${at}`)
      const announcements = ids.map((id) => announcement(id, { priority }))
      store.commit(turn({ announcements, time: 0 }), () => ['hook'])
      let [inFlight, most] = [0, 0]
      const told: string[] = []
      const hook = lane(async (id) => {
        most = Math.max(most, (inFlight += 1))
        told.push(id)
        await Promise.resolve()
        inFlight -= 1
      })
      await delivered(store, hook)

      expect([most, told]).toStrictEqual([1, ids])
    },
  )
})
