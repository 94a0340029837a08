import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backOff } from '../../../src/sinks/outbox/backOff.js'

describe('backOff', () => {
  it('doubles from a second to ten minutes', () => {
    const longest = Array.from({ length: 12 }, (_, earlier) => backOff(earlier, () => 1) / 1_000)
    expect(longest).toStrictEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600])
  })

  it('stays between half of that and all of it, for any number of tries', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), (earlier, random) => {
        const wait = backOff(earlier, () => random)
        const longest = backOff(earlier, () => 1)
        expect(wait).toBeGreaterThanOrEqual(longest / 2)
        expect(wait).toBeLessThanOrEqual(Math.min(longest, 600_000))
      }),
    )
  })
})
