import { describe, expect, it } from 'vitest'
import { type EndpointScore, failureShare, isUnsteady, stepScore, newScore } from '../../src/domain/endpointScore.js'

const tenMinutes = 600_000
const asked = (before: EndpointScore, isGood: boolean, askedAt = 0, ms = 100): EndpointScore =>
  stepScore(before, { askedAt, isGood, ms })
const times = (count: number, isGood: boolean, from = newScore('node', 0)): EndpointScore =>
  Array.from({ length: count }).reduce<EndpointScore>((score) => asked(score, isGood), from)

describe('the score of an endpoint', () => {
  it('halves its counts every ten minutes, but not if the clock is set back', () => {
    const known = times(3, false, times(4, true))
    expect(asked(known, true, tenMinutes)).toMatchObject({ answers: 3, failures: 1.5, askedAt: tenMinutes })
    expect(asked(known, true, -tenMinutes)).toMatchObject({ answers: 5, failures: 3 })
  })

  it('weights recent latencies most, and ignores those of failures', () => {
    const slow = asked(asked(newScore('node', 0), true), true, 0, 200)
    expect(slow.latencyMs).toBe(120)
    expect(asked(slow, false, 0, 9_000).latencyMs).toBe(120)
  })

  it('takes the head from good answers only, and how far it is behind the newest', () => {
    const told = stepScore(newScore('node', 0), { askedAt: 0, isGood: true, ms: 1, head: 90n, newest: 100n })
    expect(told).toMatchObject({ head: 90n, behind: 10n })
    expect(stepScore(told, { askedAt: 0, isGood: false, ms: 1, head: 99n, newest: 100n })).toMatchObject({ head: 90n })
    expect(stepScore(told, { askedAt: 0, isGood: true, ms: 1, head: 99n, newest: 98n })).toMatchObject({ behind: 0n })
  })

  it('is unsteady from eight recent failures on, if they are over a third of the answers', () => {
    expect(isUnsteady(times(7, false), 0)).toBe(false)
    expect(isUnsteady(times(8, false), 0)).toBe(true)
    expect(isUnsteady(times(8, false, times(15, true)), 0)).toBe(true)
    expect(isUnsteady(times(8, false, times(16, true)), 0)).toBe(false)
    // Failures fade while nothing is asked.
    expect(isUnsteady(times(8, false), tenMinutes)).toBe(false)
    expect(failureShare(newScore('node', 0))).toBe(0)
  })
})
