import { EMPTY, type Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { pollEvery } from '../../src/sources/pollEvery.js'
import { wakeByHeads, type WakeOptions } from '../../src/sources/wakeByHeads.js'
import { letters, marbles } from '../support/marbles.js'

type Look = { readonly ok: boolean; readonly head: string }

/** The looks by letter: `x` has failed. */
const looks = letters<Look>(Object.fromEntries(['g', 'h', 'i', 'x'].map((head) => [head, { ok: head !== 'x', head }])))

/** Gives the next of `all` each time it is called. */
function inTurn<T>(...all: readonly Observable<T>[]): () => Observable<T> {
  const left = [...all]
  return () => left.shift() ?? EMPTY
}

/** A merge of looks and reads with what each read was given: the head, or `-` where it looks for itself. */
function merged(
  heads$: WakeOptions<Look, string>['heads'],
  read: () => Observable<string>,
  trigger$?: Observable<unknown>,
): { readonly out$: Observable<string>; readonly given: string[] } {
  const given: string[] = []
  const out$ = wakeByHeads(
    (look?: Look) => {
      given.push(look?.head ?? '-')
      return read()
    },
    { heads: heads$, hasFailed: (value) => value === 'F', ...(trigger$ !== undefined && { trigger$ }) },
  )
  return { out$, given }
}

describe('wakeByHeads', () => {
  it(
    'reads at once, begins to look when that has ended, and each look wakes a read that is given it',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const heads$ = cold('         ----h---i----', looks)
      const reads = [cold('  --a|'), cold('       -b|'), cold('       -c|')]
      const stop = '         ^--------------!'
      const expected = '     --a-----b---c---'
      const looked = '       ---^-----------!'
      const { out$, given } = merged(() => heads$, inTurn(...reads))

      expectObservable(out$, stop).toBe(expected)
      expectSubscriptions(heads$.subscriptions).toBe(looked)
      flush()
      expect(given).toStrictEqual(['-', 'h', 'i'])
    }),
  )

  it(
    'gives a read the head that repeats, too: the reader knows what has not moved, and that its node lives',
    marbles(({ cold, expectObservable, flush }) => {
      const heads$ = cold(' ---h---h--', looks)
      const read$ = cold('  (a|)')
      const stop = '        ^--------!'
      const expected = '    a--a---a--'
      const { out$, given } = merged(
        () => heads$,
        () => read$,
      )

      expectObservable(out$, stop).toBe(expected)
      flush()
      expect(given).toStrictEqual(['-', 'h', 'h'])
    }),
  )

  it(
    'lets the read tell of a look that failed, looks no more, and reads again after the wait of a failure',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const heads$ = cold('  ---x------', looks)
      const failed$ = cold(' (F|)')
      const good$ = cold('   (a|)')
      const stop = '         ^ 1004ms !'
      const expected = '     a--F 999ms a'
      const looked = ['      ^--!', '1003ms ^ 1ms !']
      const { out$, given } = merged(() => heads$, inTurn(good$, failed$, good$))

      expectObservable(out$, stop).toBe(expected)
      expectSubscriptions(heads$.subscriptions).toBe(looked)
      flush()
      expect(given).toStrictEqual(['-', 'x', '-'])
    }),
  )

  it(
    'does not look while reads fail, and lets no head cut their wait short',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const heads$ = cold('  h---------', looks)
      const failed$ = cold(' (F|)')
      const good$ = cold('   -a|')
      const stop = '         ^ 3001ms !'
      const expected = '     F 999ms F 2000ms a'
      const { out$, given } = merged(() => heads$, inTurn(failed$, failed$, good$))

      expectObservable(out$, stop).toBe(expected)
      expectSubscriptions(heads$.subscriptions).toBe([])
      flush()
      expect(given).toStrictEqual(['-', '-', '-'])
    }),
  )

  it(
    'goes on to look during a slow read: one more read follows, which looks for itself',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const heads$ = cold('  --g-h-i-------', looks)
      const good$ = cold('   a|')
      const slow$ = cold('     -------b|')
      const after$ = cold('            -c|')
      const stop = '         ^-------------!'
      const expected = '     a---------b-c--'
      const looked = '       -^------------!'
      const { out$, given } = merged(() => heads$, inTurn(good$, slow$, after$))

      expectObservable(out$, stop).toBe(expected)
      expectSubscriptions(heads$.subscriptions).toBe(looked)
      flush()
      expect(given).toStrictEqual(['-', 'g', '-'])
    }),
  )

  it(
    'says nothing of a look that fails during a read: the read tells how it is',
    marbles(({ cold, expectObservable, flush }) => {
      const heads$ = cold('  --g-x---------', looks)
      const good$ = cold('   a|')
      const slow$ = cold('     -------b|')
      const stop = '         ^-------------!'
      const expected = '     a---------b----'
      const { out$, given } = merged(() => heads$, inTurn(good$, slow$))

      expectObservable(out$, stop).toBe(expected)
      flush()
      expect(given).toStrictEqual(['-', 'g'])
    }),
  )

  it(
    'lets a read that is asked for look for itself, at once',
    marbles(({ cold, hot, expectObservable, flush }) => {
      const heads$ = cold('  ------h----', looks)
      const trigger$ = hot(' ---t-------')
      const read$ = cold('   (a|)')
      const stop = '         ^----------!'
      const expected = '     a--a--a-----'
      const { out$, given } = merged(
        () => heads$,
        () => read$,
        trigger$,
      )

      expectObservable(out$, stop).toBe(expected)
      flush()
      expect(given).toStrictEqual(['-', '-', 'h'])
    }),
  )

  it(
    'cancels the look and the read in flight with its subscription',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const look$ = cold('   --h-------', looks)
      const good$ = cold('   a|')
      const slow$ = cold('      ----------')
      const stop = '         ^-----!'
      const expected = '     a------'
      const { out$ } = merged(() => look$, inTurn(good$, slow$))

      expectObservable(out$, stop).toBe(expected)
      expectSubscriptions(look$.subscriptions).toBe(' -^----!')
      expectSubscriptions(slow$.subscriptions).toBe(' ---^--!')
    }),
  )

  it(
    'looks each second near a height: the period is asked for when a read has ended, and the wait begins anew',
    marbles(({ cold, expectObservable, flush }) => {
      const periods = [30_000, 30_000, 1_000, 1_000, 1_000, 1_000]
      const look$ = inTurn(cold('(h|)', looks), cold('(i|)', looks), cold('(i|)', looks))
      const read$ = cold('   500ms (a|)')
      const stop = '         ^ 34s !'
      const expected = '     500ms a 30499ms a 1499ms a 1499ms a'
      const { out$, given } = merged(
        (restartWait$) =>
          pollEvery(look$, { periodMs: () => periods.shift() ?? 30_000, waitsFirst: true, restartWait$ }),
        () => read$,
      )

      expectObservable(out$, stop).toBe(expected)
      flush()
      expect(given).toStrictEqual(['-', 'h', 'i', 'i'])
    }),
  )
})
