import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BlockTime,
  emptyBlockTime,
  etaOf,
  secondsPerBlock,
  stepBlockTime,
} from '../../../src/domain/blocks/blockTime.js'

const heads = (...pairs: readonly (readonly [number, number])[]): BlockTime =>
  pairs
    .map(([number, timestamp]) => ({ number: BigInt(number), timestamp: BigInt(timestamp) }))
    .reduce(stepBlockTime, emptyBlockTime)

describe('secondsPerBlock', () => {
  it.each([
    ['nothing before two heads were seen', heads([10, 100]), undefined],
    ['the pace of a steady chain', heads([10, 100], [11, 112], [12, 124]), 12],
    ['the pace over blocks nobody looked at', heads([10, 100], [30, 140]), 2],
    ['less than a second', heads([0, 0], [40, 10]), 0.25],
    ['the faster of two that weigh the same', heads([0, 0], [10, 10], [20, 40]), 1],
    ['no halt', heads([0, 0], [10, 20], [20, 40], [21, 90_000], [31, 90_020]), 2],
    ['zero where blocks share a second', heads([0, 5], [1, 5]), 0],
  ])('is %s', (_, known, pace) => {
    expect(secondsPerBlock(known)).toBe(pace)
  })

  it('lies between the fastest and the slowest pace seen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 500 })), {
          minLength: 1,
          maxLength: 80,
        }),
        (gaps) => {
          let at = { number: 0n, timestamp: 0n }
          let known = stepBlockTime(emptyBlockTime, at)
          for (const [blocks, seconds] of gaps) {
            at = { number: at.number + BigInt(blocks), timestamp: at.timestamp + BigInt(seconds) }
            known = stepBlockTime(known, at)
          }
          const paces = gaps.map(([blocks, seconds]) => seconds / blocks)
          const pace = secondsPerBlock(known) ?? NaN
          expect(pace).toBeGreaterThanOrEqual(Math.min(...paces))
          expect(pace).toBeLessThanOrEqual(Math.max(...paces))
        },
      ),
    )
  })
})

describe('stepBlockTime', () => {
  it('gives the same for a head seen again', () => {
    const known = heads([10, 100], [11, 101])
    expect(stepBlockTime(known, { number: 11n, timestamp: 101n })).toBe(known)
  })

  it('starts over when the chain steps back', () => {
    expect(heads([10, 100], [20, 200], [15, 150])).toStrictEqual(heads([15, 150]))
  })

  it('remembers the last sixty', () => {
    const known = heads(...Array.from({ length: 100 }, (_, index) => [index, index] as const))
    expect(known.samples.map(({ number }) => number).slice(0, 1)).toStrictEqual([40n])
    expect(known.samples.length).toBe(60)
  })
})

describe('etaOf', () => {
  const known = heads([0, 0], [10, 25])
  const head = { number: 10n, timestamp: 25n }

  it('is when a height is expected', () => {
    expect(etaOf(14n, head, known)).toBe(35n)
  })

  it('is when a height was passed', () => {
    expect(etaOf(6n, head, known)).toBe(15n)
  })

  it('is nothing without a head or a pace', () => {
    expect(etaOf(14n, undefined, known)).toBeUndefined()
    expect(etaOf(14n, head, emptyBlockTime)).toBeUndefined()
  })
})
