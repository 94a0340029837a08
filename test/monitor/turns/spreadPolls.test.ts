import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alone, longestWait, type Share, spreadPolls } from '../../../src/monitor/turns/spreadPolls.js'

const intervalMs = 16_000

/** When a chain is polled, if each of its readings takes as long as it is said to. */
function pollsOf(share: Share, readingMs: readonly number[], periodMs = intervalMs): readonly number[] {
  let time = 0
  const wait = spreadPolls(() => periodMs, { share, intervalMs, now: () => time })
  return readingMs.map((took) => {
    const polled = time
    time += took
    time += wait()
    return polled
  })
}

const atOnce = [0, 0, 0, 0]

describe('spreadPolls', () => {
  it('leaves a chain that is alone to its interval', () => {
    expect(pollsOf(alone, [300, 300, 300])).toStrictEqual([0, 16_300, 32_600])
  })

  it('spreads several chains over the interval after their first poll, and keeps the spacing', () => {
    expect([0, 1, 2, 3].map((index) => pollsOf({ index, of: 4 }, atOnce))).toStrictEqual([
      [0, 4_000, 20_000, 36_000],
      [0, 8_000, 24_000, 40_000],
      [0, 12_000, 28_000, 44_000],
      [0, 16_000, 32_000, 48_000],
    ])
  })

  it('shares the interval among two hundred chains in sixteen groups of about the same size', () => {
    const groups = new Map<number, number>()
    for (let index = 0; index < 200; index += 1) {
      const third = pollsOf({ index, of: 200 }, [0, 70, 0]).at(-1) ?? 0
      groups.set(third % intervalMs, (groups.get(third % intervalMs) ?? 0) + 1)
    }
    expect(groups.size).toBe(16)
    expect(Math.max(...groups.values())).toBeLessThanOrEqual(13)
  })

  it('keeps a group together while the readings of its chains take different times', () => {
    const ends = [0, 20, 480].map((took) => pollsOf({ index: 3, of: 4 }, [0, took, took, took]).at(-1))
    expect(ends).toStrictEqual([48_000, 48_000, 48_000])
  })

  it('keeps a wait that is short because a height is near', () => {
    expect(pollsOf({ index: 1, of: 2 }, [0, 70, 70, 70], 1_000)).toStrictEqual([0, 1_000, 2_070, 3_140])
  })

  it('waits no longer than a timer can, which would end at once', () => {
    const longest = 2 ** 31 - 1
    const wait = spreadPolls(() => longest, {
      share: { index: 0, of: 2 },
      intervalMs: longest,
      now: () => longest / 32,
    })
    expect([wait(), wait()]).toStrictEqual([Math.ceil(longest / 2), longest])
  })

  it('waits the interval, give or take a thirty-second', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (ended) => {
        const wait = spreadPolls(() => intervalMs, { share: { index: 0, of: 2 }, intervalMs, now: () => ended })
        wait()
        const then = wait()
        expect(Math.abs(then - intervalMs)).toBeLessThanOrEqual(intervalMs / 32 + 0.01)
        expect(then).toBeLessThanOrEqual(longestWait(intervalMs))
      }),
    )
  })
})
