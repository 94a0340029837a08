import { EMPTY, type Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { pollEvery } from '../../src/sources/pollEvery.js'
import { wakeByHeads, type WakeOptions } from '../../src/sources/wakeByHeads.js'
import { letters, marbles } from '../support/marbles.js'

type Look = { readonly ok: boolean; readonly head: string }

/** Head requests by letter; `x` has failed. */
const looks = letters<Look>(Object.fromEntries(['g', 'h', 'i', 'x'].map((head) => [head, { ok: head !== 'x', head }])))

/** Returns the next of `all` at each call. */
function inTurn<T>(...all: readonly Observable<T>[]): () => Observable<T> {
  const left = [...all]
  return () => left.shift() ?? EMPTY
}

/** A merge of head requests and reads, and the head that each read got, or `-` if it got none. */
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
    'reads at once, then starts to request heads, each of which starts a read with it',
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
    'starts a read for a repeated head, too, so that the reader notices that its node is alive',
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
    'passes a failed head request to the read, then pauses and reads again after the wait for failures',
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
    'requests no heads while reads fail, so that no head shortens their wait',
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
    'requests heads during a slow read, too, after which one more read follows without a head',
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
    'ignores a head request that fails during a read',
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
    'starts a triggered read at once, without a head',
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
    'cancels the head request and the read when it is unsubscribed from',
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
    'requests heads every second near a height: each read restarts the wait with the current period',
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
