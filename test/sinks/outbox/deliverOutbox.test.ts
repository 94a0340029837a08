import { asyncScheduler, map, NEVER, type Observable, of, type ObservableInput, throwError } from 'rxjs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { DeliveryError, StoreError } from '../../../src/domain/errors.js'
import { deliverOutbox } from '../../../src/sinks/outbox/deliverOutbox.js'
import type { DeliveryReport } from '../../../src/sinks/outbox/DeliveryReport.js'
import type { Lane, OutboxStore } from '../../../src/sinks/outbox/OutboxOptions.js'
import { marbles } from '../../support/marbles.js'
import { dead, memoryStore, pending, queue } from './outboxGiven.js'

const down = new DeliveryError('transient', 'It is down.')
const gone = new DeliveryError('permanent', 'It is gone.')

/** A handler that answers with streams, for virtual time. */
function lane(handle: (id: string) => ObservableInput<unknown>, over: Partial<Lane> = {}): Lane {
  return { handler: { type: 'test', handle: ({ id }) => handle(id) }, timeoutMs: 30_000, ...over }
}

/** Delivers in virtual time, host clock and all; a report is shown as one line of text. */
function deliver(
  store: OutboxStore,
  lanes: Readonly<Record<string, Lane>>,
  wake$: Observable<unknown> = NEVER,
): Observable<string> {
  return deliverOutbox({
    store,
    handlers: new Map(Object.entries(lanes)),
    wake$,
    now: () => asyncScheduler.now(),
    random: () => 1,
  }).pipe(map(brief))
}

function brief(report: DeliveryReport): string {
  return `${report.handler}/${report.id} ${report.result} ${report.attempt}${report.result === 'postponed' ? ` until ${report.until}` : ''}`
}

describe('deliverOutbox', () => {
  it(
    'delivers the oldest first, one at a time, and takes the row away only then',
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
    'wakes for new rows, and is not late for those that come while it is busy',
    marbles(({ cold, hot, expectObservable }) => {
      const store = memoryStore()
      const commits$ = hot('--a-b---').pipe(map((id) => queue(store, [[id, 'log']], asyncScheduler.now())))
      const post$ = cold('  ---|')
      // The row that came at 4 is found at 5, after a pause of a millisecond.
      const expected = '    -----a---b'

      expectObservable(deliver(store, { log: lane(() => post$) }, commits$), '----------!').toBe(expected, {
        a: 'log/a delivered 1',
        b: 'log/b delivered 1',
      })
    }),
  )

  it(
    'tries again after 1, 2 and 4 seconds, and meanwhile delivers what comes later',
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
    'gives up after as many tries as it is told',
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
    'tries a hundred times unless told otherwise: a receiver may be out for a night',
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
    'buries at once what can never be delivered',
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
    'leaves a receiver alone for as long as it asks, and only that one',
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
    'does not wait for a handler beyond its time',
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

  it(
    'cuts off what is in flight when it is unsubscribed, and keeps the row',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const store = memoryStore()
      queue(store, [['a', 'hook']])
      const post$ = cold('-----|')

      expectObservable(deliver(store, { hook: lane(() => post$) }), '--!').toBe('')
      expectSubscriptions(post$.subscriptions).toBe('^-!')
      flush()
      expect(pending(store)).toStrictEqual(['hook/a/0'])
    }),
  )

  it(
    'finishes what is in flight and due when nothing more can come, and completes',
    marbles(({ cold, hot, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook', 'log'],
        ['b', 'hook'],
      ])
      const post$ = cold('        ---|')
      const commits$ = hot('      -c|').pipe(map((id) => queue(store, [[id, 'hook']], asyncScheduler.now())))
      const expected = '          x--a--b--(c|)'
      const lanes = { hook: lane(() => post$), log: lane(() => of()) }

      expectObservable(deliver(store, lanes, commits$)).toBe(expected, {
        x: 'log/a delivered 1',
        a: 'hook/a delivered 1',
        b: 'hook/b delivered 1',
        c: 'hook/c delivered 1',
      })
      flush()
      expect(pending(store)).toStrictEqual([])
    }),
  )

  it(
    'does not wait at the end for what is postponed, nor bother who asked for a pause',
    marbles(({ cold, hot, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook', 'busy'],
        ['b', 'busy'],
      ])
      const busy$ = cold('#', {}, new DeliveryError('transient', 'It is busy.', 60_000))
      const lanes = { hook: lane(() => cold('#', {}, down)), busy: lane(() => busy$) }

      expectObservable(deliver(store, lanes, hot('-----|'))).toBe('(ab)-|', {
        a: 'hook/a postponed 1 until 1000',
        b: 'busy/a postponed 1 until 60000',
      })
      flush()
      expect(pending(store)).toStrictEqual(['hook/a/1', 'busy/a/1', 'busy/b/0'])
    }),
  )

  it(
    'buries what is left for a handler that is not configured any more',
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

  it(
    'ends with the error of a store that cannot be written: nothing is sent in a circle',
    marbles(({ cold, expectObservable }) => {
      const broken = new StoreError('The disk is gone.')
      const store = memoryStore()
      queue(store, [['a', 'log']])
      const failing: OutboxStore = {
        ...store,
        delivered: () => {
          throw broken
        },
      }

      expectObservable(deliver(failing, { log: lane(() => cold('--|')) })).toBe('--#', {}, broken)
    }),
  )

  it('never arms a timer that Node would cut short', () => {
    // A row that is due in a year: our own rows never are, but a rest must not trust that.
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

  it('subscribes to wake$ once, and takes a wake-up that comes at once for what it is', () => {
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
