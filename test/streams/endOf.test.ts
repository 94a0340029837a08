import { takeUntil } from 'rxjs'
import { describe, it } from 'vitest'
import { endOf } from '../../src/streams/endOf.js'
import { marbles } from '../support/marbles.js'

describe('endOf', () => {
  it(
    'tells of the end of another stream once, and of nothing before',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const other$ = cold(' -a-a-|')
      const source$ = cold('1-2-3-4-5')
      const expected = '    1-2-3|'
      expectObservable(source$.pipe(takeUntil(endOf(other$)))).toBe(expected)
      expectSubscriptions(other$.subscriptions).toBe(['^----!'])
    }),
  )

  it(
    'lets its errors through, and does not take a stream that never ends for one that has',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('1-2-3').pipe(takeUntil(endOf(cold('-a-#'))))).toBe('1-2#')
      expectObservable(cold('1-2-3').pipe(takeUntil(endOf(cold('-a-'))))).toBe('1-2-3')
    }),
  )
})
