import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChainClock, stepClock } from '../../../src/domain/blocks/chainClock.js'

const start: ChainClock = { time: 1_000n, hostTime: 5_000_000 }
/** The time of the clock after each reading: its block time, and the seconds since the start. */
const times = (...readings: readonly (readonly [timestamp: number, second: number])[]): readonly bigint[] => {
  let clock = start
  return readings.map(
    ([timestamp, second]) => (clock = stepClock(clock, BigInt(timestamp), start.hostTime + second * 1000)).time,
  )
}

describe('stepClock', () => {
  it('starts with the first time it is given', () => {
    expect(stepClock(undefined, 9n, 7)).toStrictEqual({ time: 9n, hostTime: 7 })
  })

  it('follows a chain at any pace the host clock allows, even after a standstill', () => {
    expect(times([1_012, 12], [1_012, 24], [1_100, 50])).toStrictEqual([1_012n, 1_012n, 1_100n])
    expect(times([1_000, 600], [1_600, 600])).toStrictEqual([1_000n, 1_600n])
  })

  it('measures the elapsed time since the chain last moved, not since it was last read', () => {
    const ahead: ChainClock = { time: 100_000n, hostTime: 1_000_000 }
    const moved = stepClock(ahead, 103_600n, 4_600_000)
    expect(stepClock(moved, 107_200n, 4_601_000).time).toBe(103_600n)
    const stood = stepClock(ahead, 100_000n, 4_600_000)
    expect(stepClock(stood, 103_600n, 4_601_000).time).toBe(103_600n)
  })

  it('follows a chain that halted for days up to the host clock', () => {
    expect(stepClock(start, 500_000n, 500_000_000)).toMatchObject({ time: 500_000n })
  })

  it.each([
    ['the future', 4_102_444_800],
    ['the past', 5],
  ])('ignores a single block time far in %s', (_, absurd) => {
    expect(times([1_012, 12], [absurd, 24], [1_036, 36])).toStrictEqual([1_012n, 1_012n, 1_036n])
  })

  it('accepts a time that the next reading confirms, since a test chain may jump', () => {
    expect(times([9_000_000, 12], [9_000_000, 13])).toStrictEqual([1_000n, 9_000_000n])
    expect(times([9_000_000, 12], [9_000_012, 24], [9_000_024, 36])).toStrictEqual([1_000n, 9_000_012n, 9_000_024n])
    expect(times([9_000_000, 12], [4_000_000_000, 24], [9_000_024, 36])).toStrictEqual([1_000n, 1_000n, 1_000n])
  })

  it('never accepts a single time that differs from those before and after it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 3, maxLength: 20 }),
        fc.nat(),
        fc.bigInt({ min: 10_000_000n, max: 2n ** 62n }),
        (steps, place, absurd) => {
          const index = 1 + (place % (steps.length - 2))
          let clock = start
          let second = 0
          for (const [at, step] of steps.entries()) {
            second += step
            clock = stepClock(clock, at === index ? absurd : 1_000n + BigInt(second), start.hostTime + second * 1000)
            expect(clock.time).toBeLessThanOrEqual(1_000n + BigInt(second))
          }
          expect(clock.time).toBe(1_000n + BigInt(second))
        },
      ),
    )
  })

  it('allows a minute between the clocks, ahead and back', () => {
    // Chain and host show the same time, twelve seconds later.
    const even: ChainClock = { time: 5_000n, hostTime: 5_000_000 }
    const believed = (timestamp: bigint): bigint => stepClock(even, timestamp, 5_012_000).time
    expect([5_072n, 5_073n, 4_940n, 4_939n].map(believed)).toStrictEqual([5_072n, 5_000n, 4_940n, 5_000n])
    const ahead: ChainClock = { time: 5_000n, hostTime: 1_000_000 }
    expect([5_072n, 5_073n].map((timestamp) => stepClock(ahead, timestamp, 1_012_000).time)).toStrictEqual([
      5_072n,
      5_000n,
    ])
  })
})
