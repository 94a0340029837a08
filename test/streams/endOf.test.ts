import { takeUntil } from 'rxjs'
import { describe, it } from 'vitest'
import { endOf } from '../../src/streams/endOf.js'
import { marbles } from '../support/marbles.js'

describe('endOf', () => {
  it(
    'emits once when another stream ends, and nothing before',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const other$ = cold(' -a-a-|')
      const source$ = cold('1-2-3-4-5')
      const expected = '    1-2-3|'
      expectObservable(source$.pipe(takeUntil(endOf(other$)))).toBe(expected)
      expectSubscriptions(other$.subscriptions).toBe(['^----!'])
    }),
  )

  it(
    'passes errors on, and never emits for a stream that does not end',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('1-2-3').pipe(takeUntil(endOf(cold('-a-#'))))).toBe('1-2#')
      expectObservable(cold('1-2-3').pipe(takeUntil(endOf(cold('-a-'))))).toBe('1-2-3')
    }),
  )
})
