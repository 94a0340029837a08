import { type Observable, of, takeUntil, throwError, timer } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { DeliveryError } from '../../../src/domain/errors.js'
import type { OutboxStore } from '../../../src/sinks/outbox/OutboxOptions.js'
import { marbles } from '../../support/marbles.js'
import { deliver, down, gone, lane } from './deliverOutboxGiven.js'
import { memoryStore, queue } from './outboxGiven.js'

/** Without an end the virtual clock would run for ever. */
function forMinutes(reports$: Observable<unknown>): void {
  reports$.pipe(takeUntil(timer(300_000))).subscribe()
}

describe('what delivery records of a channel', () => {
  it(
    'is an outage after a minute of failed tries, and its end',
    marbles(({ flush }) => {
      const noted: unknown[] = []
      const own = memoryStore()
      const store: OutboxStore = {
        ...own,
        recordAttempt: (channel, tried) => {
          own.recordAttempt(channel, tried)
          noted.push(own.outages().map(({ tries, lastAt, isDown }) => [tries, lastAt, isDown]))
        },
      }
      queue(own, [['a', 'pager', 'log']])
      const answers = [...Array<undefined>(7)].map(() => throwError(() => down))
      const pager = lane(() => answers.shift() ?? of(undefined))
      forMinutes(deliver(store, { pager, log: lane(() => of(undefined)) }))
      flush()

      // The try of the log succeeds and leaves nothing.
      const seen = noted.filter((each) => JSON.stringify(each) !== '[]')
      expect(seen.at(-2)).toStrictEqual([[6, 31_000, false]])
      expect(seen.at(-1)).toStrictEqual([[7, 63_000, true]])
      expect(own.outages()).toStrictEqual([])
    }),
  )

  it(
    'is an outage at once after a permanent failure',
    marbles(({ flush }) => {
      const store = memoryStore()
      queue(store, [['a', 'pager']])
      forMinutes(deliver(store, { pager: lane(() => throwError(() => gone)) }))
      flush()
      expect(store.outages()).toMatchObject([{ channel: 'pager', chain: 'local', reason: 'It is gone.', isDown: true }])
    }),
  )

  it(
    'includes the pause requested in the last try',
    marbles(({ flush }) => {
      const store = memoryStore()
      queue(store, [['a', 'pager']])
      const answers = [new DeliveryError('transient', 'Later.', 120_000), down]
      const noted: unknown[] = []
      const recordAttempt: OutboxStore['recordAttempt'] = (channel, tried) => {
        store.recordAttempt(channel, tried)
        noted.push(store.outages().map(({ pausedUntil }) => pausedUntil))
      }
      forMinutes(deliver({ ...store, recordAttempt }, { pager: lane(() => throwError(() => answers.shift() ?? gone)) }))
      flush()
      expect(noted.slice(0, 2)).toStrictEqual([[120_000], [undefined]])
    }),
  )

  it(
    'is nothing for a removed handler, which is not tried',
    marbles(({ flush }) => {
      const store = memoryStore()
      queue(store, [['a', 'old']])
      store.recordAttempt('old', { at: 0, chain: 'local', ok: false, reason: 'It is down.' })
      forMinutes(deliver(store, {}))
      flush()
      expect(store.deadLetters()).toHaveLength(1)
      expect(store.outages()).toStrictEqual([])
    }),
  )
})
