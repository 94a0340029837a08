import { describe, it } from 'vitest'
import { shareState } from '../../src/streams/shareState.js'
import { marbles } from '../support/marbles.js'

describe('shareState', () => {
  it(
    'gives a late subscriber the latest value, and unsubscribes after the last one',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('  -a--b--c--d-')
      const early = '        ^-----!'
      const expectEarly = '  -a--b--'
      const late = '         -----^--!'
      const expectLate = '   -----b-c'
      const sourceSubs = '   ^-------!'
      const shared$ = source$.pipe(shareState())

      expectObservable(shared$, early).toBe(expectEarly)
      expectObservable(shared$, late).toBe(expectLate)
      expectSubscriptions(source$.subscriptions).toBe(sourceSubs)
    }),
  )

  it(
    'subscribes again after the last subscriber, an error or the end',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const endless$ = cold('-a-')
      const shared$ = endless$.pipe(shareState())
      expectObservable(shared$, '^-!').toBe('-a')
      expectObservable(shared$, '----^-!').toBe('-----a')
      expectSubscriptions(endless$.subscriptions).toBe(['^-!', '----^-!'])

      const failing$ = cold('-a#').pipe(shareState())
      expectObservable(failing$).toBe('-a#')
      expectObservable(failing$, '----^').toBe('-----a#')

      const ending$ = cold('-a|').pipe(shareState())
      expectObservable(ending$).toBe('-a|')
      expectObservable(ending$, '----^').toBe('-----a|')
    }),
  )

  it(
    'waits for a source that emits nothing, and ends with an empty one',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('---').pipe(shareState()), '^--!').toBe('---')
      expectObservable(cold('|').pipe(shareState())).toBe('|')
    }),
  )
})
