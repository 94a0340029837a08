import { describe, expect, it } from 'vitest'
import { createBreaker } from '../../../src/sinks/outbox/createBreaker.js'
import type { DeliveryReport } from '../../../src/sinks/outbox/DeliveryReport.js'

const about = { handler: 'hook', id: '1', chain: 'local', attempt: 1 }
const failed = (at: number, heldUntil?: number): DeliveryReport => ({
  ...about,
  ...{ at, result: 'postponed', until: at + 1_000, held: heldUntil !== undefined, reason: 'It is down.' },
  ...(heldUntil !== undefined && { heldUntil }),
})
const buried = (at: number, status?: number): DeliveryReport => ({
  ...about,
  ...{ at, result: 'buried', reason: 'It says no.', ...(status !== undefined && { status }) },
})

describe('a breaker', () => {
  it('opens with the third try in a row that fails, for a second, two, four and so on to half a minute', () => {
    const breaker = createBreaker()
    const waits = Array.from({ length: 10 }, () => {
      breaker.note(failed(5_000))
      return (breaker.openUntil(5_000) ?? 5_000) - 5_000
    })
    expect(waits).toStrictEqual([0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
    expect(breaker.openUntil(34_999)).toBe(35_000)
    expect(breaker.openUntil(35_000)).toBeUndefined()
  })

  it('asks for the oldest and the newest in turn', () => {
    const breaker = createBreaker()
    const newest = Array.from({ length: 7 }, () => {
      breaker.note(failed(0))
      return breaker.isNewestNext()
    })
    expect(newest.slice(2)).toStrictEqual([false, true, false, true, false])
  })

  it('closes with what is delivered', () => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 9; tries += 1) breaker.note(failed(0))
    breaker.note({ ...about, at: 1, result: 'delivered' })
    expect([breaker.openUntil(1), breaker.isTripped()]).toStrictEqual([undefined, false])
    breaker.note(failed(2))
    expect([breaker.openUntil(2), breaker.isTripped()]).toStrictEqual([undefined, false])
  })

  it.each([
    ['given up, or refused by a handler', undefined],
    ['refused with 400: some say so of a key that is wrong', 400],
    ['refused with 404', 404],
    ['refused by a mail server that does not let us in', 535],
    ['refused by a program', 65],
    ['refused by Slack, with 200', 200],
  ])('stays open with what is %s: three in a row are no matter of one message', (_, status) => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 3; tries += 1) breaker.note(buried(0, status))
    expect([breaker.openUntil(0), breaker.isTripped()]).toStrictEqual([1_000, true])
  })

  it('has nothing wait where the receiver itself has said how long, and still tries one first', () => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 9; tries += 1) breaker.note(failed(0, 500))
    expect([breaker.openUntil(0), breaker.isTripped()]).toStrictEqual([undefined, true])
  })

  it('waits by itself where the receiver asks for no time at all', () => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 9; tries += 1) breaker.note(failed(0, 0))
    expect(breaker.openUntil(0)).toBe(30_000)
  })

  it('says when the channel is back after a minute of failures, and not after fewer', () => {
    const answered: DeliveryReport = { ...about, at: 0, result: 'delivered' }
    const isBackAfter = (failures: number): boolean => {
      const breaker = createBreaker()
      for (let tries = 0; tries < failures; tries += 1) breaker.note(failed(0))
      return breaker.note(answered)
    }
    expect([0, 7, 8, 99].map(isBackAfter)).toStrictEqual([false, false, true, true])
  })

  it('goes on with what failed in a process of before, and asks for that once', () => {
    const breaker = createBreaker()
    breaker.resume(() => 20)
    expect([breaker.openUntil(0), breaker.isTripped()]).toStrictEqual([undefined, true])
    breaker.note({ ...about, at: 0, result: 'delivered' })
    breaker.resume(() => 20)
    expect(breaker.isTripped()).toBe(false)
  })

  it('waits for no clock that has stepped back', () => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 9; tries += 1) breaker.note(failed(1_000_000))
    expect(breaker.openUntil(1_000)).toBeUndefined()
  })
})
