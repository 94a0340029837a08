import { asyncScheduler, map, NEVER, of } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { deliverOutbox } from '../../../src/sinks/outbox/deliverOutbox.js'
import { marbles } from '../../support/marbles.js'
import { dead, memoryStore, pending, queue } from './outboxGiven.js'
import { deliver, down, gone, lane } from './deliverOutboxGiven.js'

describe('deliverOutbox', () => {
  it(
    'delivers the oldest first, one at a time, and removes the row only afterwards',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'log'],
        ['b', 'log'],
        ['c', 'log'],
      ])
      const post$ = cold('  --|')
      const expected = '    --a-b-c--'

      expectObservable(deliver(store, { log: lane(() => post$) }), '---------!').toBe(expected, {
        a: 'log/a delivered 1',
        b: 'log/b delivered 1',
        c: 'log/c delivered 1',
      })
      expectSubscriptions(post$.subscriptions).toBe(['^-!', '--^-!', '----^-!'])
      flush()
      expect(pending(store)).toStrictEqual([])
      expect(store.stats()).toMatchObject({ delivered: 3, pending: 0, dead: 0 })
    }),
  )

  it(
    'lets no handler wait for another',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'slow', 'quick'],
        ['b', 'slow', 'quick'],
      ])
      const quick$ = cold(' -|')
      const slow$ = cold('  ------|')
      const expected = '    -ab---c-'

      expectObservable(deliver(store, { slow: lane(() => slow$), quick: lane(() => quick$) }), '-------!').toBe(
        expected,
        {
          a: 'quick/a delivered 1',
          b: 'quick/b delivered 1',
          c: 'slow/a delivered 1',
        },
      )
      flush()
      expect(pending(store)).toStrictEqual(['slow/b/0'])
    }),
  )

  it(
    'wakes for new rows, and finds those added while it is busy',
    marbles(({ cold, hot, expectObservable }) => {
      const store = memoryStore()
      const commits$ = hot('--a-b---').pipe(map((id) => queue(store, [[id, 'log']], asyncScheduler.now())))
      const post$ = cold('  ---|')
      // The row added at 4 is found at 5, after a pause of a millisecond.
      const expected = '    -----a---b'

      expectObservable(deliver(store, { log: lane(() => post$) }, commits$), '----------!').toBe(expected, {
        a: 'log/a delivered 1',
        b: 'log/b delivered 1',
      })
    }),
  )

  it(
    'buries the rows of a handler that is no longer configured',
    marbles(({ expectObservable, flush, hot }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'old', 'log'],
        ['b', 'old'],
      ])
      const later$ = hot('--------d').pipe(map((id) => queue(store, [[id, 'older']], asyncScheduler.now())))

      expectObservable(deliver(store, { log: lane(() => of()) }, later$), '9ms !').toBe('(abc)---d', {
        a: 'old/a buried 0',
        b: 'old/b buried 0',
        c: 'log/a delivered 1',
        d: 'older/d buried 0',
      })
      flush()
      expect(dead(store)).toStrictEqual([
        'old/a: No handler old is configured any more.',
        'old/b: No handler old is configured any more.',
        'older/d: No handler older is configured any more.',
      ])
      expect(store.deadLetters().map(({ attempts }) => attempts)).toStrictEqual([0, 0, 0])
    }),
  )

  it(
    'writes every outcome into the audit trail',
    marbles(({ cold, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [['a', 'hook']])
      const answers = [cold('#', {}, down), cold('#', {}, gone)]

      expectObservable(
        deliver(store, { hook: lane(() => answers.shift() ?? NEVER) }).pipe(map(() => 'x')),
        '9s !',
      ).toBe('x 999ms x')
      flush()
      expect(store.audit({}).filter(({ kind }) => kind === 'delivery')).toMatchObject([
        {
          at: 1_000,
          chain: 'local',
          detail: { handler: 'hook', id: 'a', attempt: 2, result: 'buried', reason: 'It is gone.' },
        },
        {
          at: 0,
          chain: 'local',
          detail: { handler: 'hook', id: 'a', attempt: 1, result: 'postponed', until: 1_000, reason: 'It is down.' },
        },
      ])
    }),
  )

  it('subscribes to wake$ once, and handles a synchronous wake-up', () => {
    const store = memoryStore()
    let subscriptions = 0
    const handlers = new Map([
      ['log', lane(() => of())],
      ['hook', lane(() => of())],
    ])
    const counted$ = of(1).pipe(map(() => (subscriptions += 1)))

    const subscription = deliverOutbox({ store, handlers, wake$: counted$, now: () => 0, random: () => 1 }).subscribe()
    subscription.unsubscribe()

    expect(subscriptions).toBe(1)
  })
})
