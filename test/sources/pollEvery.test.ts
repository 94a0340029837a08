import { EMPTY, type Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { pollEvery } from '../../src/sources/pollEvery.js'
import { letters, marbles } from '../support/marbles.js'

/** Gives the next of `reads` each time it is called. */
function inTurn<T>(...reads: readonly Observable<T>[]): () => Observable<T> {
  const left = [...reads]
  return () => left.shift() ?? EMPTY
}

describe('pollEvery', () => {
  it(
    'reads at once and again a period after each read has ended',
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
    'asks for the period after every read where it is a function',
    marbles(({ cold, expectObservable }) => {
      const periods = [4, 2]
      const poll$ = pollEvery(() => cold('(a|)'), { periodMs: () => periods.shift() ?? 50 })
      expectObservable(poll$, '^ 20ms !').toBe('a---a-a')
    }),
  )

  it(
    'waits before the first read too, where it is told to',
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
    'begins the wait anew where it is told to, with the period of then; during a read that does nothing',
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
    'waits for a trigger alone where the period has no end',
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
    'emits every value of a read that has several',
    marbles(({ cold, expectObservable }) => {
      expectObservable(pollEvery(inTurn(cold('-a-b|')), { periodMs: 50 }), '^ 20ms !').toBe('-a-b')
    }),
  )

  it(
    'waits through a read that never ends, and cancels it with its subscription',
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
    'goes on after a read that gives nothing',
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
    'passes an error of the read through: failures are values, an error is a bug',
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
    'remembers a trigger during a read: exactly one more read follows',
    marbles(({ cold, hot, expectObservable }) => {
      const trigger$ = hot('-tt---------')
      const poll$ = pollEvery(inTurn(cold('----(a|)'), cold('-(b|)'), cold('(c|)')), { periodMs: 50, trigger$ })
      expectObservable(poll$, '^-----------!').toBe('----ab------')
    }),
  )

  it(
    'doubles the wait after failures from a second up to the cap, and starts over after a good read',
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
    'spreads the wait by the given randomness',
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
    'polls for each subscriber by itself',
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
