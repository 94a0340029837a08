import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BlockTime,
  emptyBlockTime,
  etaBandOf,
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
    ['the pace across blocks that were not read', heads([10, 100], [30, 140]), 2],
    ['a fraction of a second', heads([0, 0], [40, 10]), 0.25],
    ['the average of two paces', heads([0, 0], [10, 10], [20, 40]), 2],
    ['the newer of two paces that differ strongly', heads([0, 0], [300, 3], [301, 15]), 12],
    ['the same after a halt', heads([0, 0], [10, 20], [20, 40], [21, 90_000], [31, 90_020]), 2],
    ['unknown if all blocks share a second', heads([0, 5], [1, 5]), undefined],
    ['unknown if the times of the blocks go back', heads([10, 100], [11, 90]), undefined],
    ['the average if most of the times go back', heads([10, 100], [11, 99], [12, 98], [13, 109]), 3],
    [
      'the average if most blocks share a second with the one before',
      heads([0, 0], [1, 0], [2, 0], [3, 0], [4, 1]),
      0.25,
    ],
  ])('is %s', (_, known, pace) => {
    expect(secondsPerBlock(known)).toBe(pace)
  })

  const gap = (blocks: number, seconds: number) => ({ blocks, seconds })
  const chainOf = (gaps: readonly ReturnType<typeof gap>[]): BlockTime =>
    gaps.reduce<BlockTime>(
      (sofar, { blocks, seconds }) => {
        const { number, timestamp } = sofar.samples.at(-1) ?? { number: 0n, timestamp: 0n }
        return stepBlockTime(sofar, { number: number + BigInt(blocks), timestamp: timestamp + BigInt(seconds) })
      },
      heads([0, 0]),
    )
  const some = fc.integer({ min: 1, max: 20 })

  it('is never further off after a change of pace than the average of the last thirty steps', () => {
    const before = fc.array(
      fc.record({ blocks: fc.integer({ min: 1, max: 900 }), seconds: fc.integer({ min: 0, max: 60 }) }),
      { maxLength: 40 },
    )
    const isSlowerOrFaster = fc.constantFrom(1, -1)
    fc.assert(
      fc.property(
        before,
        some,
        fc.array(some, { minLength: 5, maxLength: 40 }),
        isSlowerOrFaster,
        (old, pace, now, side) => {
          // The chain was faster than now, or slower, for all of the time before.
          const former = old.filter(({ blocks, seconds }) => Math.sign(pace - seconds / blocks) === side)
          const gaps = [...former, ...now.map((blocks) => gap(blocks, blocks * pace))]
          const last = gaps.slice(-30)
          const [blocks, seconds] = [
            last.reduce((sum, one) => sum + one.blocks, 0),
            last.reduce((sum, one) => sum + one.seconds, 0),
          ]
          const off = Math.abs((secondsPerBlock(chainOf(gaps)) ?? NaN) - pace)
          expect(off).toBeLessThanOrEqual(Math.abs(seconds / blocks - pace) + 1e-9)
        },
      ),
    )
  })

  it('is exact five steps after hundreds of blocks a second, and after halts, on a steady chain', () => {
    const steady = fc.array(some, { minLength: 5, maxLength: 40 })
    const odd = fc.array(
      fc.oneof(
        fc.integer({ min: 300, max: 9_000 }).map((blocks) => gap(blocks, 3)),
        fc.integer({ min: 3_600, max: 90_000 }).map((seconds) => gap(1, seconds)),
      ),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(odd, fc.integer({ min: 1, max: 30 }), steady, (before, pace, now) => {
        const gaps = [...before, ...now.map((blocks) => gap(blocks, blocks * pace))]
        expect(secondsPerBlock(chainOf(gaps))).toBe(pace)
      }),
    )
  })

  it('is not shorter than the blocks of a chain whose times are in whole seconds', () => {
    const times = Array.from({ length: 40 }, (_, index) => [index, Math.floor(index * 1.4)] as const)
    expect(secondsPerBlock(heads(...times))).toBeCloseTo(1.4, 1)
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
          const pace = secondsPerBlock(known) ?? 0
          expect(pace).toBeGreaterThanOrEqual(Math.min(...paces))
          expect(pace).toBeLessThanOrEqual(Math.max(...paces))
        },
      ),
    )
  })
})

it('a height of a chain with several blocks a second is not expected at once', () => {
  const known = heads([0, 0], [1, 0], [2, 0], [3, 0], [4, 1])
  const head = { number: 4n, timestamp: 1n }
  expect(etaOf(40_004n, head, known)).toBe(10_001n)
  expect(etaBandOf(40_004n, head, known)).toStrictEqual({ earliest: 10_001n, latest: 40_001n })
  const unknown = heads([3, 1], [4, 1])
  expect([etaOf(40_004n, head, unknown), etaBandOf(40_004n, head, unknown)]).toStrictEqual([undefined, undefined])
})

describe('stepBlockTime', () => {
  it('returns the same object for a head seen again', () => {
    const known = heads([10, 100], [11, 101])
    expect(stepBlockTime(known, { number: 11n, timestamp: 101n })).toBe(known)
  })

  it('starts over when the head goes back', () => {
    expect(heads([10, 100], [20, 200], [15, 150])).toStrictEqual(heads([15, 150]))
  })

  it('keeps as many samples as it averages over', () => {
    const known = heads(...Array.from({ length: 100 }, (_, index) => [index, index] as const))
    expect(known.samples.map(({ number }) => number).slice(0, 1)).toStrictEqual([69n])
    expect(known.samples.length).toBe(31)
  })
})

describe('etaOf', () => {
  const known = heads([0, 0], [10, 25])
  const head = { number: 10n, timestamp: 25n }

  it('estimates when a height is reached', () => {
    expect(etaOf(14n, head, known)).toBe(35n)
  })

  it('estimates when a height was passed', () => {
    expect(etaOf(6n, head, known)).toBe(15n)
  })

  it('is undefined without a head or a pace', () => {
    expect(etaOf(14n, undefined, known)).toBeUndefined()
    expect(etaOf(14n, head, emptyBlockTime)).toBeUndefined()
  })

  it('is undefined for a height too large to calculate with', () => {
    expect(etaOf(10n ** 400n, head, known)).toBeUndefined()
  })
})

describe('etaBandOf', () => {
  const bandAt = (height: bigint, known: BlockTime): unknown => etaBandOf(height, known.samples.at(-1), known)

  it.each([
    ['one moment on a steady chain', heads([10, 100], [11, 112], [12, 124]), { earliest: 340n, latest: 340n }],
    ['wide if the pace varies', heads([0, 0], [4, 8], [8, 20], [12, 52]), { earliest: 88n, latest: 196n }],
    [
      'no wider after one halt',
      heads([0, 0], [10, 20], [11, 9_000], [20, 9_018]),
      { earliest: 9_038n, latest: 9_038n },
    ],
    ['nothing before two heads were seen', heads([10, 100]), undefined],
  ])('is %s', (_, known, band) => {
    expect(bandAt(30n, known)).toStrictEqual(band)
  })

  it('is undefined for a height that was passed', () => {
    expect(bandAt(20n, heads([10, 20], [20, 40]))).toBeUndefined()
  })

  it('is undefined for a height too large to calculate with', () => {
    expect(bandAt(10n ** 400n, heads([10, 20], [20, 40]))).toBeUndefined()
  })

  it('contains the estimate', () => {
    const seconds = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500 }))
    const gap = fc.tuple(fc.integer({ min: 1, max: 50 }), seconds)
    fc.assert(
      fc.property(
        fc.array(gap, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 100_000 }),
        (gaps, ahead) => {
          const known = gaps.reduce<BlockTime>(
            (sofar, [blocks, seconds]) => {
              const { number, timestamp } = sofar.samples.at(-1) ?? { number: 0n, timestamp: 0n }
              return stepBlockTime(sofar, { number: number + BigInt(blocks), timestamp: timestamp + BigInt(seconds) })
            },
            heads([0, 0]),
          )
          const head = known.samples.at(-1)
          const height = (head?.number ?? 0n) + BigInt(ahead)
          const [eta, band] = [etaOf(height, head, known), etaBandOf(height, head, known)]
          // Both are unknown as long as all heads have the same time.
          if (known.samples[0]?.timestamp === head?.timestamp) expect([eta, band]).toStrictEqual([undefined, undefined])
          else expect([band!.earliest <= eta!, eta! <= band!.latest]).toStrictEqual([true, true])
        },
      ),
    )
  })
})
