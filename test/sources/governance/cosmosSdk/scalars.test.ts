import { describe, expect, it } from 'vitest'
import { decimalOf, durationOf, secondsOf } from '../../../../src/sources/governance/cosmosSdk/scalars.js'

const one = 10n ** 18n

describe('numbers of the SDK', () => {
  it('are read exactly: decimals, times and durations', () => {
    expect(decimalOf('0.334000000000000000')).toBe((one * 334n) / 1000n)
    expect([decimalOf('1'), decimalOf('.5'), decimalOf('-0.5'), decimalOf(0.5), decimalOf('')]).toEqual([
      one,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect([
      secondsOf('2024-07-01T17:00:09.999999999Z'),
      secondsOf('0001-01-01T00:00:00Z'),
      secondsOf('2024-13-01T00:00:00Z'),
    ]).toEqual([1_719_853_209n, undefined, undefined])
    expect([durationOf('1209600s'), durationOf('1.5s'), durationOf('1h')]).toEqual([1_209_600n, 1n, undefined])
  })
})
