import { describe, expect, it } from 'vitest'
import { createGuessLimit } from '../../src/server/guessLimit.js'

const own = { key: 'one', atOnce: 3, everyMs: 1_000 }
const other = { ...own, key: 'other' }

describe('the rate limit of wrong tokens', () => {
  it('allows a number of failures at once, then one per interval', () => {
    const { waitOf, note } = createGuessLimit()
    const waits = [0, 0, 0, 0, 400, 1_000, 1_000].map((now) => {
      const wait = waitOf([own], now)
      if (wait === 0) note([own], now)
      return wait
    })
    expect(waits).toStrictEqual([0, 0, 0, 1_000, 600, 0, 1_000])
    expect(waitOf([own], 60_000)).toBe(0)
  })

  it('applies to each key that has used up its count, and to no other', () => {
    const { waitOf, note } = createGuessLimit()
    for (const _ of [1, 2, 3]) note([own], 0)
    expect([waitOf([own, other], 0), waitOf([other], 0)]).toStrictEqual([1_000, 0])
  })

  it('locks nobody out when the clock is set back', () => {
    const { waitOf, note } = createGuessLimit()
    note([own], 1e12)
    expect(waitOf([own], 0)).toBeLessThanOrEqual(1_000)
  })

  it('keeps a bounded number of keys, and drops the oldest', () => {
    const { waitOf, note } = createGuessLimit(100)
    const counts = Array.from({ length: 101 }, (_, key) => ({ ...own, atOnce: 1, key: String(key) }))
    for (const count of counts) note([count], 0)
    expect(counts.filter((count) => waitOf([count], 0) > 0)).toStrictEqual(counts.slice(1))
  })
})
