import { ignoreElements, merge, NEVER, type Observable, tap } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Reading } from '../../../src/domain/reading.js'
import { pollEvery } from '../../../src/sources/pollEvery.js'
import { wakeByPush } from '../../../src/sources/push/wakeByPush.js'
import { failure, reading } from '../../support/builders.js'
import { letters, marbles } from '../../support/marbles.js'

/** `x` has failed; the others are good. */
const readings = letters<Reading>({ a: reading(1), b: reading(2), c: reading(3), x: failure(2) })

/** Polls that read the next of `reads` when triggered, and once at the start. */
function inTurn(wake$: Observable<unknown>, ...reads: readonly Observable<Reading>[]): Observable<Reading> {
  const left = [...reads]
  return pollEvery(() => left.shift() ?? NEVER, { periodMs: Infinity, trigger$: wake$ })
}

describe('wakeByPush', () => {
  it(
    'reads at each push, never twice at once',
    marbles(({ cold, hot, expectObservable }) => {
      const reads = ['--a|', '--b|', '--c|'].map((read) => cold(read, readings))
      const push$ = hot('------pp---p--')
      const expected = ' --a-----b--c--'
      // The push during the read of b leads to c; the one during c to a read that never ends.
      const woken$ = wakeByPush({ poll: (wake$) => inTurn(wake$, ...reads), push: () => push$ })
      expectObservable(woken$).toBe(expected, readings)
    }),
  )

  it(
    'reads nothing for a push while readings fail, until one succeeds',
    marbles(({ cold, hot, expectObservable }) => {
      const reads = ['(a|)', '(x|)', '(b|)', '(c|)'].map((read) => cold(read, readings))
      const again$ = hot('---------r------')
      const push$ = hot(' ---p--p--------p')
      const expected = '  a--x-----b-----c'
      const woken$ = wakeByPush({ poll: (wake$) => inTurn(merge(wake$, again$), ...reads), push: () => push$ })
      expectObservable(woken$).toBe(expected, readings)
    }),
  )

  it(
    'passes on the heads that polls saw, also while the blocks that are read do not change',
    marbles(({ cold, flush, expectObservable }) => {
      const told: bigint[] = []
      const of = (head: bigint) => ({ ...reading(1), head: { ...reading(1).head, number: head } })
      const seen = letters<Reading>({ a: of(11n), x: failure(2), b: of(12n), l: { ...of(10n), lagging: true } })
      const woken$ = wakeByPush({
        poll: (wake$) => merge(wake$.pipe(ignoreElements()), cold('a-x-b-l', seen)),
        push: (polled$) => polled$.pipe(tap((block) => told.push(block))),
      })
      expectObservable(woken$).toBe('a-x-b-l', seen)
      flush()
      // A node that lags saw nothing new.
      expect(told).toStrictEqual([11n, 12n])
    }),
  )
})
