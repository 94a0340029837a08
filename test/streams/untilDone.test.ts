import { describe, it } from 'vitest'
import { untilDone } from '../../src/streams/untilDone.js'
import { marbles } from '../support/marbles.js'

describe('untilDone', () => {
  it(
    'completes with the work and lets go of the source',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-s---------')
      const work$ = cold('   -a-b|')
      expectObservable(source$.pipe(untilDone(() => work$))).toBe('--a-b|')
      expectSubscriptions(source$.subscriptions).toBe('^----!')
      expectSubscriptions(work$.subscriptions).toBe('-^---!')
    }),
  )

  it(
    'hands on the errors of both, letting go of the other',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const open$ = cold('-s------')
      expectObservable(open$.pipe(untilDone(() => cold('-a#')))).toBe('--a#')
      expectSubscriptions(open$.subscriptions).toBe('^--!')

      const work$ = cold('-a---')
      expectObservable(cold('-s--#').pipe(untilDone(() => work$))).toBe('--a-#')
      expectSubscriptions(work$.subscriptions).toBe('-^--!')
    }),
  )

  it(
    'waits for a source that gives nothing, and ends with one that ends empty',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('----').pipe(untilDone(() => cold('|'))), '^--!').toBe('----')
      expectObservable(cold('--|').pipe(untilDone(() => cold('a|')))).toBe('--|')
    }),
  )

  it(
    'cancels both with its subscription',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-s----')
      const work$ = cold('-a----')
      expectObservable(source$.pipe(untilDone(() => work$)), '^---!').toBe('--a--')
      expectSubscriptions(source$.subscriptions).toBe('^---!')
      expectSubscriptions(work$.subscriptions).toBe('-^--!')
    }),
  )
})
