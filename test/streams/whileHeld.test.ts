import { describe, it } from 'vitest'
import { whileHeld } from '../../src/streams/whileHeld.js'
import { marbles } from '../support/marbles.js'

describe('whileHeld', () => {
  it(
    'completes with the work, and unsubscribes from the source',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-s---------')
      const work$ = cold('   -a-b|')
      expectObservable(source$.pipe(whileHeld(() => work$))).toBe('--a-b|')
      expectSubscriptions(source$.subscriptions).toBe('^----!')
      expectSubscriptions(work$.subscriptions).toBe('-^---!')
    }),
  )

  it(
    'passes the errors of both on, and unsubscribes from the other',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const open$ = cold('-s------')
      expectObservable(open$.pipe(whileHeld(() => cold('-a#')))).toBe('--a#')
      expectSubscriptions(open$.subscriptions).toBe('^--!')

      const work$ = cold('-a---')
      expectObservable(cold('-s--#').pipe(whileHeld(() => work$))).toBe('--a-#')
      expectSubscriptions(work$.subscriptions).toBe('-^--!')
    }),
  )

  it(
    'waits for a source that emits nothing, and ends with an empty one',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('----').pipe(whileHeld(() => cold('|'))), '^--!').toBe('----')
      expectObservable(cold('--|').pipe(whileHeld(() => cold('a|')))).toBe('--|')
    }),
  )

  it(
    'cancels both with its subscription',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-s----')
      const work$ = cold('   -a----')
      expectObservable(source$.pipe(whileHeld(() => work$)), '^---!').toBe('--a--')
      expectSubscriptions(source$.subscriptions).toBe('^---!')
      expectSubscriptions(work$.subscriptions).toBe('-^--!')
    }),
  )
})
