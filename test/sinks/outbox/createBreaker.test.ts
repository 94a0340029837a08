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

describe('a circuit breaker', () => {
  it('opens after three failed tries in a row, for a second, two, four and so on up to half a minute', () => {
    const breaker = createBreaker()
    const waits = Array.from({ length: 10 }, () => {
      breaker.note(failed(5_000))
      return (breaker.openUntil(5_000) ?? 5_000) - 5_000
    })
    expect(waits).toStrictEqual([0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
    expect(breaker.openUntil(34_999)).toBe(35_000)
    expect(breaker.openUntil(35_000)).toBeUndefined()
  })

  it('probes with the oldest and the newest in turn', () => {
    const breaker = createBreaker()
    const newest = Array.from({ length: 7 }, () => {
      breaker.note(failed(0))
      return breaker.isNewestNext()
    })
    expect(newest.slice(2)).toStrictEqual([false, true, false, true, false])
  })

  it('closes after a delivery', () => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 9; tries += 1) breaker.note(failed(0))
    breaker.note({ ...about, at: 1, result: 'delivered' })
    expect([breaker.openUntil(1), breaker.isTripped()]).toStrictEqual([undefined, false])
    breaker.note(failed(2))
    expect([breaker.openUntil(2), breaker.isTripped()]).toStrictEqual([undefined, false])
  })

  it.each([
    ['buried, or refused by a handler', undefined],
    ['refused with 400, which some send for a wrong key', 400],
    ['refused with 404', 404],
    ['refused by a mail server at login', 535],
    ['refused by a program', 65],
    ['refused by Slack, with 200', 200],
  ])('opens after three in a row %s: that concerns more than one message', (_, status) => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 3; tries += 1) breaker.note(buried(0, status))
    expect([breaker.openUntil(0), breaker.isTripped()]).toStrictEqual([1_000, true])
  })

  it('does not wait if the receiver itself asked for a pause, but still probes first', () => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 9; tries += 1) breaker.note(failed(0, 500))
    expect([breaker.openUntil(0), breaker.isTripped()]).toStrictEqual([undefined, true])
  })

  it('waits by itself if the receiver asks for a pause of zero', () => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 9; tries += 1) breaker.note(failed(0, 0))
    expect(breaker.openUntil(0)).toBe(30_000)
  })

  it('reports a recovery after a minute of failures, and not after fewer', () => {
    const answered: DeliveryReport = { ...about, at: 0, result: 'delivered' }
    const isBackAfter = (failures: number): boolean => {
      const breaker = createBreaker()
      for (let tries = 0; tries < failures; tries += 1) breaker.note(failed(0))
      return breaker.note(answered)
    }
    expect([0, 7, 8, 99].map(isBackAfter)).toStrictEqual([false, false, true, true])
  })

  it('continues with the failures before a restart, which it reads once', () => {
    const breaker = createBreaker()
    breaker.resume(() => 20)
    expect([breaker.openUntil(0), breaker.isTripped()]).toStrictEqual([undefined, true])
    breaker.note({ ...about, at: 0, result: 'delivered' })
    breaker.resume(() => 20)
    expect(breaker.isTripped()).toBe(false)
  })

  it('does not wait for a clock that was set back', () => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 9; tries += 1) breaker.note(failed(1_000_000))
    expect(breaker.openUntil(1_000)).toBeUndefined()
  })
})
