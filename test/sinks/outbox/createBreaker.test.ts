import { describe, expect, it } from 'vitest'
import { createBreaker } from '../../../src/sinks/outbox/createBreaker.js'
import type { DeliveryReport } from '../../../src/sinks/outbox/DeliveryReport.js'

const about = { handler: 'hook', id: '1', chain: 'local', attempt: 1 }
const failed = (at: number): DeliveryReport => ({
  ...about,
  ...{ at, result: 'postponed', until: at + 1_000, held: false, reason: 'It is down.' },
})
const buried = (at: number): DeliveryReport => ({ ...about, at, result: 'buried', reason: 'It says no.' })

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

  it.each([
    ['delivered', (at: number): DeliveryReport => ({ ...about, at, result: 'delivered' })],
    ['refused for what it is', buried],
  ])('closes with what is %s: the channel has answered', (_, answered) => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 9; tries += 1) breaker.note(failed(0))
    breaker.note(answered(1))
    expect(breaker.openUntil(1)).toBeUndefined()
    breaker.note(failed(2))
    expect(breaker.openUntil(2)).toBeUndefined()
  })

  it('waits for no clock that has stepped back', () => {
    const breaker = createBreaker()
    for (let tries = 0; tries < 9; tries += 1) breaker.note(failed(1_000_000))
    expect(breaker.openUntil(1_000)).toBeUndefined()
  })
})
