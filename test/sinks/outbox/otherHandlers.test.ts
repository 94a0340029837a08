import { asyncScheduler, BehaviorSubject, bufferCount, map } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPacer } from '../../../src/sinks/outbox/createPacer.js'
import { marbles } from '../../support/marbles.js'
import { deliver, lane } from './deliverOutboxGiven.js'
import { dead, memoryStore, pending, queue } from './outboxGiven.js'

describe('handlers that change during deliveries', () => {
  it(
    'an added one delivers, without an effect on the others',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'log'],
        ['b', 'log'],
      ])
      const post$ = cold('   ----|')
      const [log, mail] = [lane(() => post$), lane(() => cold('--|'))]
      const lanes$ = hot('   a-b----------', { a: { log }, b: { log, mail } })
      const wake$ = hot('    ---m---------').pipe(map(() => queue(store, [['m', 'mail']], asyncScheduler.now())))
      const expected = '     ----am--b----'
      expectObservable(deliver(store, { log }, wake$, lanes$), '------------!').toBe(expected, {
        a: 'log/a delivered 1',
        m: 'mail/m delivered 1',
        b: 'log/b delivered 1',
      })
      expectSubscriptions(post$.subscriptions).toBe(['^---!', '----^---!'])
    }),
  )

  it(
    'a removed one leaves no due rows, however many waited for it',
    marbles(({ expectObservable, flush }) => {
      const store = memoryStore()
      queue(
        store,
        Array.from({ length: 250 }, (_, index) => [String(index), 'log'] as const),
      )
      const counted$ = deliver(store, {}).pipe(
        bufferCount(250),
        map(({ length }) => length),
      )
      expectObservable(counted$, '--!').toBe('n', { n: 250 })
      flush()
      expect([pending(store), dead(store).length]).toStrictEqual([[], 250])
    }),
  )

  it('the rows of a removed one are buried in portions, with other work in between', () => {
    const store = memoryStore()
    queue(
      store,
      Array.from({ length: 250 }, (_, index) => [String(index), 'log'] as const),
    )
    const burying = deliver(store, {}).subscribe()
    onTestFinished(() => burying.unsubscribe())
    expect(dead(store)).toHaveLength(100)
  })

  it(
    'a removed one finishes what is in flight and starts no more; its remaining rows are buried then',
    marbles(({ cold, hot, expectObservable, expectSubscriptions, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'log'],
        ['b', 'log'],
      ])
      const post$ = cold('   ----|')
      const log = lane(() => post$)
      const lanes$ = hot('   a-n----------', { a: { log }, n: {} })
      const wake$ = hot('    ---x--x------')
      expectObservable(deliver(store, { log }, wake$, lanes$), '------------!').toBe('----a-b------', {
        a: 'log/a delivered 1',
        b: 'log/b buried 0',
      })
      expectSubscriptions(post$.subscriptions).toBe(['^---!'])
      flush()
      expect([pending(store), dead(store)]).toStrictEqual([[], ['log/b: No handler log is configured any more.']])
    }),
  )

  it(
    'a replaced one finishes before its successor starts',
    marbles(({ cold, hot, expectObservable }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'log'],
        ['b', 'log'],
      ])
      const [before, after] = [lane(() => cold('----|')), lane(() => cold('--|'))]
      const lanes$ = hot('   a-b----------', { a: { log: before }, b: { log: after } })
      expectObservable(deliver(store, { log: before }, hot('-'), lanes$), '------------!').toBe('----a-b------', {
        a: 'log/a delivered 1',
        b: 'log/b delivered 1',
      })
    }),
  )

  it(
    'one that waits for its rate does not delay its successor',
    marbles(({ cold, hot, expectObservable }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'log'],
        ['b', 'log'],
      ])
      const pacer = createPacer({ count: 1, perMs: 86_400_000 })
      const [before, after] = [{ ...lane(() => cold('--|')), pacer }, lane(() => cold('--|'))]
      const lanes$ = hot('   a---b--------', { a: { log: before }, b: { log: after } })
      expectObservable(deliver(store, { log: before }, hot('-'), lanes$), '------------!').toBe('--a---b------', {
        a: 'log/a delivered 1',
        b: 'log/b delivered 1',
      })
    }),
  )

  it(
    'a try that waits for the rate between two requests is left to the successor, and is no failure',
    marbles(({ cold, hot, expectObservable }) => {
      const store = memoryStore()
      queue(store, [['a', 'log']])
      const waits$ = new BehaviorSubject(false)
      const try$ = cold('-----w 1h |').pipe(map(() => waits$.next(true)))
      const [before, after] = [{ ...lane(() => try$), waits$ }, lane(() => cold('--|'))]
      const lanes$ = hot('   a--b---------', { a: { log: before }, b: { log: after } })
      expectObservable(deliver(store, { log: before }, hot('-'), lanes$), '------------!').toBe('-------a-----', {
        a: 'log/a delivered 1',
      })
    }),
  )

  it(
    'all that exist at a stop finish, and the stream completes',
    marbles(({ cold, hot, expectObservable }) => {
      const store = memoryStore()
      queue(store, [['a', 'log']])
      const log = lane(() => cold('----|'))
      const lanes$ = hot('   a----n', { a: { log }, n: {} })
      expectObservable(deliver(store, { log }, hot('--|'), lanes$)).toBe('----(a|)', { a: 'log/a delivered 1' })
    }),
  )
})
