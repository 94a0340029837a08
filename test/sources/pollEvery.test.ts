import { EMPTY, finalize, merge, type Observable, of, Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { pollEvery } from '../../src/sources/pollEvery.js'
import { letters, marbles } from '../support/marbles.js'

/** Returns the next of `reads` at each call. */
function inTurn<T>(...reads: readonly Observable<T>[]): () => Observable<T> {
  const left = [...reads]
  return () => left.shift() ?? EMPTY
}

describe('pollEvery', () => {
  it(
    'reads at once and again one period after each read has ended',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first$ = cold(' --a|')
      const second$ = cold('        --b|')
      const expected = '    --a-------b---'
      const poll$ = pollEvery(inTurn(first$, second$), { periodMs: 5 })

      expectObservable(poll$, '-------------!').toBe(expected)
      expectSubscriptions(first$.subscriptions).toBe('^--!')
      expectSubscriptions(second$.subscriptions).toBe('--------^--!')
    }),
  )

  it(
    'computes the period after every read if it is a function',
    marbles(({ cold, expectObservable }) => {
      const periods = [4, 2]
      const poll$ = pollEvery(() => cold('(a|)'), { periodMs: () => periods.shift() ?? 50 })
      expectObservable(poll$, '^ 20ms !').toBe('a---a-a')
    }),
  )

  it(
    'can wait before the first read, too',
    marbles(({ cold, hot, expectObservable }) => {
      const read$ = cold('    (a|)')
      const trigger$ = hot('  --t--------')
      const stop = '          ^---------!'
      const byTime = '        -----a----a'
      const byTrigger = '     --a----a---'

      expectObservable(
        pollEvery(() => read$, { periodMs: 5, waitsFirst: true }),
        '^----------!',
      ).toBe(byTime)
      expectObservable(
        pollEvery(() => read$, { periodMs: 5, waitsFirst: true, trigger$ }),
        stop,
      ).toBe(byTrigger)
    }),
  )

  it(
    'restarts the wait on request, with the current period, but not during a read',
    marbles(({ cold, hot, expectObservable }) => {
      const periods = [8, 4, 3]
      const read$ = cold('       ---(a|)')
      const restartWait$ = hot(' -r---r-----')
      const stop = '             ^------------!'
      const expected = '         ---a--------a-'

      expectObservable(
        pollEvery(() => read$, { periodMs: () => periods.shift() ?? 50, restartWait$ }),
        stop,
      ).toBe(expected)
    }),
  )

  it(
    'waits only for a trigger if the period is infinite',
    marbles(({ cold, hot, expectObservable }) => {
      const read$ = cold('    (a|)')
      const trigger$ = hot('  3s t')
      const stop = '          ^ 60s !'
      const expected = '      a 2999ms a'

      expectObservable(
        pollEvery(() => read$, { periodMs: Infinity, trigger$ }),
        stop,
      ).toBe(expected)
    }),
  )

  it(
    'never overlaps: a slow read delays the next',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow$ = cold('9ms (a|)')
      expectObservable(pollEvery(inTurn(slow$, slow$), { periodMs: 2 }), '^ 21ms !').toBe('9ms a 10ms a')
      expectSubscriptions(slow$.subscriptions).toBe(['^ 8ms !', '11ms ^ 8ms !'])
    }),
  )

  it(
    'emits every value of a read',
    marbles(({ cold, expectObservable }) => {
      expectObservable(pollEvery(inTurn(cold('-a-b|')), { periodMs: 50 }), '^ 20ms !').toBe('-a-b')
    }),
  )

  it(
    'waits while a read never ends, and cancels it when it is unsubscribed from',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const never$ = cold('-')
      expectObservable(
        pollEvery(() => never$, { periodMs: 2 }),
        '^---!',
      ).toBe('-----')
      expectSubscriptions(never$.subscriptions).toBe('^---!')
    }),
  )

  it(
    'continues after a read without a value',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const empty$ = cold('|')
      expectObservable(
        pollEvery(() => empty$, { periodMs: 3 }),
        '^------!',
      ).toBe('--------')
      expectSubscriptions(empty$.subscriptions).toBe(['(^!)', '---(^!)', '------(^!)'])
    }),
  )

  it(
    'passes on an error of a read, which is a bug, because failures are values',
    marbles(({ cold, expectObservable }) => {
      expectObservable(pollEvery(() => cold('-#'), { periodMs: 3 })).toBe('-#')
    }),
  )

  it(
    'reads at once when triggered while it waits',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const read$ = cold('   (a|)')
      const trigger$ = hot(' ----t------')
      expectObservable(
        pollEvery(() => read$, { periodMs: 20, trigger$ }),
        '^---------!',
      ).toBe('a---a------')
      expectSubscriptions(trigger$.subscriptions).toBe('^---------!')
    }),
  )

  it(
    'begins with one read if the trigger emits at once',
    marbles(({ cold, expectObservable }) => {
      const poll$ = pollEvery(inTurn(cold('(a|)'), cold('(b|)')), { periodMs: 5, trigger$: of('now') })
      expectObservable(poll$, '^-------!').toBe('a----b')
    }),
  )

  it(
    'remembers a trigger during a read and one while that read is torn down: together they cause one more read',
    marbles(({ cold, expectObservable }) => {
      const again$ = new Subject<void>()
      const first$ = cold('--(a|)').pipe(finalize(() => again$.next()))
      const trigger$ = merge(cold('-t'), again$)
      const poll$ = pollEvery(inTurn(first$, cold('-(b|)'), cold('-(c|)')), { periodMs: 5, trigger$ })
      expectObservable(poll$, '^---------!').toBe('--ab-----c')
    }),
  )

  it(
    'goes on after the trigger has completed',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const trigger$ = hot('--t|')
      const poll$ = pollEvery(() => cold('(a|)'), { periodMs: 5, trigger$ })
      expectObservable(poll$, '^--------!').toBe('a-a----a')
      expectSubscriptions(trigger$.subscriptions).toBe('^--!')
    }),
  )

  it(
    'remembers a trigger during a read: exactly one more read follows',
    marbles(({ cold, hot, expectObservable }) => {
      const trigger$ = hot('-tt---------')
      const poll$ = pollEvery(inTurn(cold('----(a|)'), cold('-(b|)'), cold('(c|)')), { periodMs: 50, trigger$ })
      expectObservable(poll$, '^-----------!').toBe('----ab------')
    }),
  )

  it(
    'doubles the wait after failures from one second up to the limit, and resets it after a good read',
    marbles(({ cold, expectObservable }) => {
      const reads = ['x', 'x', 'x', 'x', 'g', 'x'].map((letter) => cold('(r|)', letters({ r: letter })))
      const poll$ = pollEvery(inTurn(...reads), {
        periodMs: 100,
        maxBackoffMs: 3000,
        hasFailed: (value) => value === 'x',
      })
      expectObservable(poll$, '^ 10100ms !').toBe('x 999ms x 1999ms x 2999ms x 2999ms g 99ms x')
    }),
  )

  it(
    'spreads the wait with the given randomness',
    marbles(({ cold, expectObservable }) => {
      const poll$ = pollEvery(inTurn(cold('(x|)'), cold('(x|)')), {
        periodMs: 100,
        maxBackoffMs: 60_000,
        hasFailed: () => true,
        random: () => 0,
      })
      expectObservable(poll$, '^ 700ms !').toBe('x 499ms x')
    }),
  )

  it(
    'polls separately for each subscriber',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const read$ = cold('-(a|)')
      const poll$ = pollEvery(() => read$, { periodMs: 50 })
      expectObservable(poll$, '^---!').toBe('-a')
      expectObservable(poll$, '--^---!').toBe('---a')
      expectSubscriptions(read$.subscriptions).toBe(['^!', '--^!'])
    }),
  )

  it('does not read before it is subscribed to', () => {
    let reads = 0
    void pollEvery(
      () => {
        reads += 1
        return EMPTY
      },
      { periodMs: 1 },
    )
    expect(reads).toBe(0)
  })
})
