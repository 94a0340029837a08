import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clockText, dayText, momentText } from '../../../src/cli/output/times.js'

const ms = Date.UTC(2026, 10, 26, 21, 3, 41)
let before: string | undefined
beforeEach(() => {
  before = process.env['TZ']
})
afterEach(() => {
  if (before === undefined) delete process.env['TZ']
  else process.env['TZ'] = before
})

describe('times in a log', () => {
  it.each([
    ['UTC', '21:03:41Z', '2026-11-26, times are UTC'],
    ['Asia/Seoul', '06:03:41+09', '2026-11-27, times are UTC+09'],
    ['Asia/Kolkata', '02:33:41+05:30', '2026-11-27, times are UTC+05:30'],
    ['America/New_York', '16:03:41-05', '2026-11-26, times are UTC-05'],
  ])('are those of the time zone %s, with its offset', (zone, clock, day) => {
    process.env['TZ'] = zone
    expect(clockText(ms)).toBe(clock)
    expect(dayText(ms)).toBe(day)
  })

  it('include the date if it is another day', () => {
    process.env['TZ'] = 'UTC'
    expect(momentText(ms + 3_600_000, ms)).toBe('22:03:41Z')
    expect(momentText(ms + 36_000_000, ms)).toBe('2026-11-27 07:03:41Z')
  })
})
