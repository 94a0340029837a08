import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../../src/domain/text/duration.js'

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['10m', 600_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
    ['0s', 0],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each([
    '',
    '30',
    's',
    '1.5h',
    '-1s',
    '1h30m',
    '10 m',
    '10M',
    '1w',
    '1e3s',
    '9999999999999s',
    '999999999999d',
    '٣s',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  it('returns whole safe milliseconds or undefined for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,14}(ms|[smhd])$/)), (text) => {
        const ms = parseDuration(text)
        return ms === undefined || (Number.isSafeInteger(ms) && ms >= 0)
      }),
    )
    expect(parseDuration('1s')).toBe(1_000)
  })
})
