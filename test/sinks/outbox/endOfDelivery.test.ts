import { asyncScheduler, map, of } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { DeliveryError, StoreError } from '../../../src/domain/errors.js'
import type { OutboxStore } from '../../../src/sinks/outbox/OutboxOptions.js'
import { marbles } from '../../support/marbles.js'
import { memoryStore, pending, queue } from './outboxGiven.js'
import { deliver, down, lane } from './deliverOutboxGiven.js'

describe('the end of deliverOutbox', () => {
  it(
    'aborts what is in flight on unsubscribe, and keeps the row',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const store = memoryStore()
      queue(store, [['a', 'hook']])
      const post$ = cold('-----|')

      expectObservable(deliver(store, { hook: lane(() => post$) }), '--!').toBe('')
      expectSubscriptions(post$.subscriptions).toBe('^-!')
      flush()
      expect(pending(store)).toStrictEqual(['hook/a/0'])
    }),
  )

  it(
    'finishes what is in flight and due when wake$ completes, and completes',
    marbles(({ cold, hot, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook', 'log'],
        ['b', 'hook'],
      ])
      const post$ = cold('        ---|')
      const commits$ = hot('      -c|').pipe(map((id) => queue(store, [[id, 'hook']], asyncScheduler.now())))
      const expected = '          x--a--b--(c|)'
      const lanes = { hook: lane(() => post$), log: lane(() => of()) }

      expectObservable(deliver(store, lanes, commits$)).toBe(expected, {
        x: 'log/a delivered 1',
        a: 'hook/a delivered 1',
        b: 'hook/b delivered 1',
        c: 'hook/c delivered 1',
      })
      flush()
      expect(pending(store)).toStrictEqual([])
    }),
  )

  it(
    'does not wait for retries, and respects requested pauses',
    marbles(({ cold, hot, expectObservable, flush }) => {
      const store = memoryStore()
      queue(store, [
        ['a', 'hook', 'busy'],
        ['b', 'busy'],
      ])
      const busy$ = cold('#', {}, new DeliveryError('transient', 'It is busy.', 60_000))
      const lanes = { hook: lane(() => cold('#', {}, down)), busy: lane(() => busy$) }

      expectObservable(deliver(store, lanes, hot('-----|'))).toBe('(ab)-|', {
        a: 'hook/a postponed 1 until 1000',
        b: 'busy/a postponed 1 until 60000',
      })
      flush()
      expect(pending(store)).toStrictEqual(['hook/a/1', 'busy/a/1', 'busy/b/0'])
    }),
  )

  it(
    'comes with the error of a store that cannot be written: nothing is sent repeatedly',
    marbles(({ cold, expectObservable }) => {
      const broken = new StoreError('The disk is gone.')
      const store = memoryStore()
      queue(store, [['a', 'log']])
      const failing: OutboxStore = {
        ...store,
        delivered: () => {
          throw broken
        },
      }

      expectObservable(deliver(failing, { log: lane(() => cold('--|')) })).toBe('--#', {}, broken)
    }),
  )
})
