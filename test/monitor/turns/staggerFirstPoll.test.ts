import { describe, expect, it } from 'vitest'
import { staggerFirstPoll } from '../../../src/monitor/turns/staggerFirstPoll.js'

/** When the first polls of each of several chains come, in milliseconds. */
function pollsOf(chains: number, periodMs: number, polls: number): readonly (readonly number[])[] {
  return Array.from({ length: chains }, (_, index) => {
    const wait = staggerFirstPoll(() => periodMs, (index + 1) / chains)
    const times = [0]
    while (times.length < polls) times.push((times.at(-1) ?? 0) + wait())
    return times
  })
}

describe('staggerFirstPoll', () => {
  it('does not delay a single chain', () => {
    expect(pollsOf(1, 5_000, 4)).toStrictEqual([[0, 5_000, 10_000, 15_000]])
  })

  it('spreads several chains over the interval after their first poll, and keeps the spacing', () => {
    expect(pollsOf(4, 1_000, 4)).toStrictEqual([
      [0, 250, 1_250, 2_250],
      [0, 500, 1_500, 2_500],
      [0, 750, 1_750, 2_750],
      [0, 1_000, 2_000, 3_000],
    ])
  })

  it('gives each of two hundred chains a different time', () => {
    expect(new Set(pollsOf(200, 5_000, 2).map(([, second]) => second)).size).toBe(200)
  })
})
