import fc from 'fast-check'
import { asyncScheduler, from as observableFrom, map, merge, mergeMap, NEVER, of, tap, throwError, timer } from 'rxjs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { DeliveryError } from '../../../src/domain/errors.js'
import { createPacer } from '../../../src/sinks/outbox/createPacer.js'
import { deliverOutbox } from '../../../src/sinks/outbox/deliverOutbox.js'
import { openStore } from '../../../src/store/openStore.js'
import { marbles } from '../../support/marbles.js'
import { announcement, turn } from '../../support/storeGiven.js'
import { dead, memoryStore, pending, queue } from './outboxGiven.js'
import { deliver, down, gone, lane } from './deliverOutboxGiven.js'

const refused = new DeliveryError('permanent', 'Its key is wrong.', undefined, 400)

describe('deliverOutbox after failures', () => {
  it(
    'retries after 1, 2 and 4 seconds, and meanwhile delivers later ones',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook'],
        ['b', 'hook'],
      ])
      const answers = [cold('#', {}, down), cold('|'), cold('#', {}, down), cold('#', {}, down), cold('|')]

      expectObservable(deliver(store, { hook: lane(() => answers.shift() ?? NEVER) }), '8s !').toBe(
        '(ab) 996ms c 1999ms d 3999ms e',
        {
          a: 'hook/a postponed 1 until 1000',
          b: 'hook/b delivered 1',
          c: 'hook/a postponed 2 until 3000',
          d: 'hook/a postponed 3 until 7000',
          e: 'hook/a delivered 4',
        },
      )
      flush()
      expect(pending(store)).toStrictEqual([])
    }),
  )

  it(
    'probes with one of many while the channel is down, and sends all at once when it is back',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      const rows = Array.from({ length: 300 }, (_, at) => `n${at}`)
      queue(
        store,
        rows.map((id) => [id, 'hook']),
      )
      const tries: number[] = []
      const hook = lane(() => {
        tries.push(asyncScheduler.now() / 1_000)
        return asyncScheduler.now() < 60_000 ? cold('#', {}, down) : cold('|')
      })

      expectObservable(deliver(store, { hook }), '100s !')
      flush()
      expect(tries.slice(0, 9)).toStrictEqual([0, 0, 0, 1, 3, 7, 15, 31, 61])
      expect(pending(store)).toStrictEqual([])
    }),
  )

  it(
    'tries critical ones at once even then, ahead of older ones',
    marbles(({ cold, hot, expectObservable, flush }) => {
      const store = memoryStore()
      queue(
        store,
        Array.from({ length: 50 }, (_, at) => [`n${at}`, 'hook']),
      )
      const told: string[] = []
      const hook = lane((id) => {
        told.push(`${asyncScheduler.now() / 1_000} ${id}`)
        return cold('#', {}, down)
      })
      const commits$ = hot('20s a', { a: 'alarm' }).pipe(
        tap((id) => {
          const announcements = [announcement(id, { priority: 'critical' })]
          store.commit(turn({ time: asyncScheduler.now(), announcements }), () => ['hook'])
        }),
      )

      expectObservable(deliver(store, { hook }, commits$), '25s !')
      flush()
      expect(told).toStrictEqual(['0 n0', '0 n1', '0 n2', '1 n3', '3 n49', '7 n4', '15 n48', '20 alarm'])
    }),
  )

  it(
    'does not delay others for long if three fail by themselves: it probes with one that has not failed',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      const rows = ['bad1', 'bad2', 'bad3', ...Array.from({ length: 200 }, (_, at) => `n${at}`)]
      queue(
        store,
        rows.map((id) => [id, 'hook']),
      )
      const told = new Map<string, number>()
      const hook = lane((id) => {
        if (id.startsWith('bad')) return cold('#', {}, down)
        told.set(id, asyncScheduler.now())
        return cold('|')
      })

      expectObservable(deliver(store, { hook }), '60s !')
      flush()
      expect([told.size, Math.max(...told.values())]).toStrictEqual([200, 2_000])
    }),
  )

  it.each([
    ['refused', refused, 30_000],
    ['answered with 500', down, 120_000],
  ])('does not delay others for long if thirty in a row are %s by themselves', (_, cause, mostMs) => {
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      const [good, bad] = ['n', 'bad'].map((name) => Array.from({ length: 30 }, (__, at) => `${name}${at}`))
      queue(
        store,
        [...(bad ?? []), ...(good ?? [])].map((id) => [id, 'hook']),
      )
      const told: number[] = []
      const hook = lane((id) => {
        if (id.startsWith('bad')) return cold('#', {}, cause)
        told.push(asyncScheduler.now())
        return cold('|')
      })

      expectObservable(deliver(store, { hook }), '180s !')
      flush()
      expect(told).toHaveLength(30)
      expect(Math.max(...told)).toBeLessThan(mostMs)
    })()
  })

  it(
    'sends critical ones to a channel that refuses everything, without the older ones of their subject',
    marbles(({ cold, hot, expectObservable, flush }) => {
      const store = memoryStore()
      queue(
        store,
        ['b', 'c', 'd', ...Array.from({ length: 30 }, (_, at) => `a#${at}`)].map((id) => [id, 'hook']),
      )
      const tried: string[] = []
      const hook = lane((id) => {
        tried.push(id)
        return cold('#', {}, refused)
      })
      const commits$ = hot('500ms a', { a: 'a#alarm' }).pipe(
        tap((id) => {
          const announcements = [announcement(id, { priority: 'critical' })]
          store.commit(turn({ time: asyncScheduler.now(), announcements }), () => ['hook'])
        }),
      )

      expectObservable(deliver(store, { hook }, commits$), '900ms !')
      flush()
      expect(tried).toStrictEqual(['b', 'c', 'd', 'a#0', 'a#alarm'])
    }),
  )

  it(
    'keeps the order of a subject while it probes',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(
        store,
        ['a#1', 'a#2', 'b#1', 'b#2', 'c#1'].map((id) => [id, 'hook']),
      )
      const tried: string[] = []
      const hook = lane((id) => {
        tried.push(id)
        return asyncScheduler.now() < 10_000 ? cold('#', {}, down) : cold('|')
      })

      expectObservable(deliver(store, { hook }), '60s !')
      flush()
      expect(tried.slice(0, 6)).toStrictEqual(['a#1', 'b#1', 'c#1', 'a#1', 'c#1', 'b#1'])
      expect(tried.filter((id) => id.startsWith('a')).slice(-2)).toStrictEqual(['a#1', 'a#2'])
      expect(pending(store)).toStrictEqual([])
    }),
  )

  it(
    'buries one after the other, not all that wait, if the channel is down longer than their tries',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(
        store,
        Array.from({ length: 100 }, (_, at) => [`n${at}`, 'hook']),
      )
      const hook = lane(() => (asyncScheduler.now() < 60_000 ? cold('#', {}, down) : cold('|')), { maxAttempts: 1 })

      expectObservable(deliver(store, { hook }), '100s !')
      flush()
      expect([dead(store).length, pending(store).length]).toStrictEqual([8, 0])
    }),
  )

  it(
    'does the same if the channel refuses everything',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(
        store,
        Array.from({ length: 100 }, (_, at) => [`n${at}`, 'hook']),
      )
      const hook = lane(() => (asyncScheduler.now() < 60_000 ? cold('#', {}, refused) : cold('|')))

      expectObservable(deliver(store, { hook }), '100s !')
      flush()
      expect([dead(store).length, pending(store).length]).toStrictEqual([8, 0])
    }),
  )

  it(
    'retries waiting ones at once when the channel is back after a minute or more',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook'],
        ['b', 'hook'],
      ])
      const delivered: string[] = []
      const hook = lane((id) => {
        if (asyncScheduler.now() < 3_700_000) return cold('#', {}, down)
        delivered.push(`${asyncScheduler.now() / 1_000} ${id}`)
        return cold('|')
      })
      // Both were tried a dozen times by then, and their next tries are minutes away.
      const wake$ = cold('3701s x').pipe(tap(() => queue(store, [['new', 'hook']], 3_701_000)))

      expectObservable(deliver(store, { hook }, wake$), '3702s !')
      flush()
      expect(delivered).toStrictEqual(['3701 new', '3701 a', '3701 b'])
    }),
  )

  it(
    'knows after a restart that the channel was down: one try, not three, and all at once when it is back',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(
        store,
        Array.from({ length: 100 }, (_, at) => [`n${at}`, 'hook']),
      )
      for (let at = -100_000; at < 0; at += 10_000)
        store.recordAttempt('hook', { at, chain: 'local', ok: false, reason: 'It is down.', until: at + 1_000 })
      const tries: number[] = []
      const hook = lane(() => {
        tries.push(asyncScheduler.now())
        return asyncScheduler.now() < 10_000 ? cold('#', {}, down) : cold('|')
      })

      expectObservable(deliver(store, { hook }), '60s !')
      flush()
      expect(tries.slice(0, 3)).toStrictEqual([0, 30_000, 30_000])
      expect(pending(store)).toStrictEqual([])
    }),
  )

  it(
    'tries each critical one once while the channel is down, and then as the others',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      const announcements = Array.from({ length: 50 }, (_, at) => announcement(`n${at}`, { priority: 'critical' }))
      store.commit(turn({ time: 0, announcements }), () => ['hook'])
      let tries = 0
      const hook = lane(() => {
        tries += 1
        return cold('#', {}, down)
      })

      expectObservable(deliver(store, { hook }), '121s !')
      flush()
      // Each when it was added, and the probes after 30 s each.
      expect(tries).toBe(50 + 4)
    }),
  )

  it('delivers all within half a minute of the recovery plus their own waits, in order, for any arrivals', () => {
    const row = fc.record({
      at: fc.integer({ min: 0, max: 1_200_000 }),
      subject: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      isUrgent: fc.boolean(),
      // Never accepted: it is invalid itself.
      isBad: fc.integer({ min: 0, max: 3 }).map((of4) => of4 === 0),
    })
    const outage = fc.record({
      from: fc.integer({ min: 0, max: 300_000 }),
      ms: fc.integer({ min: 1, max: 900_000 }),
      // A fault of the channel, maybe with a requested pause, or a refusal of everything: what
      // was tried then is buried.
      waitMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
      status: fc.constantFrom(503, 400, 401, 404),
    })
    const refusal = (status: number) => new DeliveryError('permanent', 'It says no.', undefined, status)
    fc.assert(
      fc.property(fc.array(row, { maxLength: 25 }), outage, (rows, { from, ms, waitMs, status }) => {
        marbles(({ expectObservable, flush }) => {
          const store = openStore({ path: ':memory:' })
          const back = from + ms
          // One is added at the recovery: without a due row nothing could detect it.
          const last = { at: back, subject: 'z', isUrgent: false, isBad: false }
          const all = [...rows, last].toSorted((one, other) => one.at - other.at)
          const ids = all.map(({ subject }, at) => `${subject}#${at}`)
          const rowOf = new Map(all.map((one, at) => [ids[at] ?? '', one]))
          const isRefusal = status !== 503
          const told: { readonly id: string; readonly at: number }[] = []
          const failed: string[] = []
          const hook = lane((id) => {
            const at = asyncScheduler.now()
            if (at >= from && at < back) {
              failed.push(id)
              const outageNow = new DeliveryError('transient', 'It is down.', waitMs)
              return throwError(() => (isRefusal ? refusal(status) : outageNow))
            }
            if (rowOf.get(id)?.isBad === true) return throwError(() => refusal(400))
            told.push({ id, at })
            return of(undefined)
          })
          const commits$ = observableFrom(all).pipe(
            mergeMap(({ at, isUrgent }, index) =>
              timer(at).pipe(
                tap(() => {
                  const priority = isUrgent ? 'critical' : 'high'
                  const announcements = [announcement(ids[index] ?? '', { priority })]
                  store.commit(turn({ time: at, announcements }), () => ['hook'])
                }),
              ),
            ),
          )

          expectObservable(deliver(store, { hook }, merge(commits$, NEVER)), '3000s !')
          flush()
          const bad = ids.filter((id) => rowOf.get(id)?.isBad === true)
          const givenUp = new Set([...bad, ...(isRefusal ? failed : [])])
          expect(
            store
              .deadLetters()
              .map(({ notification: { id } }) => id)
              .toSorted(),
          ).toStrictEqual([...givenUp].toSorted())
          store.close()
          expect(told.map(({ id }) => id).toSorted()).toStrictEqual(ids.filter((id) => !givenUp.has(id)).toSorted())
          // 64 s is the longest wait of one row in an outage of less than a minute; each bad
          // one may be a probe.
          const mostMs = 64_000 + 30_000 * bad.length
          const late = told.filter(({ id, at }) => at > Math.max(back, rowOf.get(id)?.at ?? 0) + mostMs)
          expect(late).toStrictEqual([])
          const calm = told.filter(({ id }) => rowOf.get(id)?.isUrgent === false).map(({ id }) => id)
          for (const subject of 'abcdefz') {
            const own = calm.filter((id) => id.startsWith(subject))
            expect(own).toStrictEqual(own.toSorted((one, other) => ids.indexOf(one) - ids.indexOf(other)))
          }
          // Three, one after 1, 2, 4, 8 and 16 s, then one each half a minute or as requested;
          // and each critical one.
          const urgent = all.filter(({ isUrgent }) => isUrgent).length
          const everyMs = isRefusal || waitMs === undefined || waitMs === 0 ? 30_000 : Math.min(30_000, waitMs)
          expect(failed.length - urgent).toBeLessThanOrEqual(3 + 5 + 1 + ms / everyMs)
        })()
      }),
      { numRuns: 40 },
    )
  })

  it(
    'retries when the receiver asks to, for any number of failures',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(
        store,
        Array.from({ length: 20 }, (_, at) => [`n${at}`, 'hook']),
      )
      const busy = new DeliveryError('transient', 'It is busy.', 2_000)
      const tries: number[] = []
      const hook = lane(() => {
        tries.push(asyncScheduler.now())
        return cold('#', {}, busy)
      })

      expectObservable(deliver(store, { hook }), '20s !')
      flush()
      expect(tries).toStrictEqual(Array.from({ length: 10 }, (_, at) => at * 2_000))
    }),
  )

  it(
    'excludes waits for the rate from the timeout of a try',
    marbles(({ cold, expectObservable }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'paced'],
        ['b', 'paced'],
      ])
      const pacer = createPacer({ count: 1, perMs: 20 })
      const answers = [cold('29ms |'), NEVER]
      const paced = lane(
        () => {
          pacer.request(asyncScheduler.now())
          // Waits for 20 ms.
          pacer.request(asyncScheduler.now())
          return answers.shift() ?? NEVER
        },
        { pacer, timeoutMs: 10 },
      )

      expectObservable(deliver(store, { paced }), '99ms !').toBe('29ms a 40ms b', {
        a: 'paced/a delivered 1',
        b: 'paced/b postponed 1 until 1070',
      })
    }),
  )

  it(
    'buries after the configured number of tries',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [['a', 'hook']])

      expectObservable(deliver(store, { hook: lane(() => cold('#', {}, down), { maxAttempts: 2 }) }), '9s !').toBe(
        'a 999ms b',
        {
          a: 'hook/a postponed 1 until 1000',
          b: 'hook/a buried 2',
        },
      )
      flush()
      expect(dead(store)).toStrictEqual(['hook/a: Given up after 2 tries. It is down.'])
    }),
  )

  it(
    'tries a hundred times by default, so that a receiver may be down overnight',
    marbles((run) => {
      const store = memoryStore()
      queue(store, [['a', 'hook']])
      const times: number[] = []
      const stream$ = deliver(store, {
        hook: lane(() => {
          times.push(asyncScheduler.now())
          return throwError(() => down)
        }),
      })

      const capped = ' 599999ms x'.repeat(89)
      run
        .expectObservable(stream$.pipe(map(() => 'x')), '1440m !')
        .toBe(
          `x 999ms x 1999ms x 3999ms x 7999ms x 15999ms x 31999ms x 63999ms x 127999ms x 255999ms x 511999ms x${capped}`,
        )
      run.flush()
      expect(times).toHaveLength(100)
      expect(dead(store)).toStrictEqual(['hook/a: Given up after 100 tries. It is down.'])
    }),
  )

  it(
    'buries a permanent failure at once',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook'],
        ['b', 'hook'],
      ])
      const answers = [cold('#', {}, gone), cold('|')]

      expectObservable(deliver(store, { hook: lane(() => answers.shift() ?? NEVER) }), '9s !').toBe('(ab)', {
        a: 'hook/a buried 1',
        b: 'hook/b delivered 1',
      })
      flush()
      expect(dead(store)).toStrictEqual(['hook/a: It is gone.'])
    }),
  )

  it(
    'pauses a receiver for as long as it asks, and only that one',
    marbles(({ cold, expectObservable }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook', 'log'],
        ['b', 'hook', 'log'],
      ])
      const busy$ = cold('#', {}, new DeliveryError('transient', 'It is busy.', 60_000))
      const answers = [busy$, cold('|'), cold('|')]

      expectObservable(
        deliver(store, { hook: lane(() => answers.shift() ?? NEVER), log: lane(() => cold('|')) }, cold('10s x')),
        '90s !',
      ).toBe('(abc) 59995ms (de)', {
        a: 'hook/a postponed 1 until 60000',
        b: 'log/a delivered 1',
        c: 'log/b delivered 1',
        d: 'hook/a delivered 2',
        e: 'hook/b delivered 1',
      })
    }),
  )

  it(
    'pauses no longer than asked: a new one does not wait for the retry of another',
    marbles(({ cold, expectObservable }) => {
      const store = memoryStore()
      queue(store, [['a', 'hook']])
      const busy$ = cold('#', {}, new DeliveryError('transient', 'It is busy.', 100))
      const answers = [busy$, cold('|'), cold('|')]
      const wake$ = cold('50ms x').pipe(tap(() => queue(store, [['b', 'hook']], 50)))

      expectObservable(deliver(store, { hook: lane(() => answers.shift() ?? NEVER) }, wake$), '9s !').toBe(
        'a 99ms b 899ms c',
        {
          a: 'hook/a postponed 1 until 1000',
          b: 'hook/b delivered 1',
          c: 'hook/a delivered 2',
        },
      )
    }),
  )

  it(
    'does not wait for a handler beyond its timeout',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook'],
        ['b', 'hook'],
      ])
      const hangs$ = cold('-----------')
      const stream$ = deliver(store, { hook: lane((id) => (id === 'a' ? hangs$ : of()), { timeoutMs: 50 }) })

      expectObservable(stream$, '500ms !').toBe('50ms (ab)', {
        a: 'hook/a postponed 1 until 1050',
        b: 'hook/b delivered 1',
      })
      expectSubscriptions(hangs$.subscriptions).toBe('^ 49ms !')
    }),
  )

  it('never sets a timer longer than Node supports', () => {
    // A row that is due in a year: our own rows never are, but the wait must not rely on that.
    const store = { ...memoryStore(), due: () => [], nextDue: () => 365 * 86_400_000 }
    const armed = vi.spyOn(globalThis, 'setInterval')
    onTestFinished(() => armed.mockRestore())
    const handlers = new Map([['log', lane(() => of())]])

    deliverOutbox({ store, handlers, wake$: NEVER, now: () => 0, random: () => 1 })
      .subscribe()
      .unsubscribe()

    const delays = armed.mock.calls.map(([, delay]) => delay ?? 0)
    expect(delays).toHaveLength(2)
    expect(Math.max(...delays)).toBeLessThan(2 ** 31)
  })
})
