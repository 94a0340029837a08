import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationText, isoOf, isoOfMs, secondText } from '../../../src/domain/text/time.js'

describe('isoOf', () => {
  it.each([
    [0n, '1970-01-01T00:00:00.000Z'],
    [1_719_853_209n, '2024-07-01T17:00:09.000Z'],
    [-62_135_596_800n, '0001-01-01T00:00:00.000Z'],
    [253_402_214_400n, '9999-12-31T00:00:00.000Z'],
    [2n ** 256n - 1n, '9999-12-31T23:59:59.999Z'],
    [-(2n ** 255n), '0000-01-01T00:00:00.000Z'],
  ])('writes %s as %s', (seconds, iso) => {
    expect(isoOf(seconds)).toBe(iso)
  })

  it('preserves the order of times', () => {
    const time = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n })
    fc.assert(
      fc.property(time, time, (a, b) => {
        expect(a <= b ? isoOf(a) <= isoOf(b) : isoOf(a) >= isoOf(b)).toBe(true)
      }),
    )
  })
})

describe('secondText', () => {
  it.each([
    [1_719_853_209n, '2024-07-01 17:00:09 UTC'],
    [2n ** 256n - 1n, '9999-12-31 23:59:59 UTC'],
  ])('writes %s as %s', (seconds, text) => {
    expect(secondText(seconds)).toBe(text)
  })
})

describe('isoOfMs', () => {
  it.each([
    [1_719_853_209_418, '2024-07-01T17:00:09.418Z'],
    [NaN, '1970-01-01T00:00:00.000Z'],
    [Infinity, '9999-12-31T23:59:59.999Z'],
  ])('writes %s as %s', (ms, iso) => {
    expect(isoOfMs(ms)).toBe(iso)
  })
})

describe('durationText', () => {
  it.each([
    [0, '0 s'],
    [0.9, '0 s'],
    [45, '45 s'],
    [60, '1 min'],
    [61.7, '1 min 1 s'],
    [3_600, '1 h'],
    [3_605, '1 h'],
    [3_660, '1 h 1 min'],
    [183_600, '2 d 3 h'],
    [86_400n, '1 d'],
    [8_640_000_000n, '100000 d'],
    [-90, '-1 min 30 s'],
    [-0.5, '0 s'],
    [NaN, 'unknown'],
    [Infinity, 'unknown'],
  ])('writes %s seconds as %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text)
  })
})
