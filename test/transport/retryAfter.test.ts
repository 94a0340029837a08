import { describe, expect, it } from 'vitest'
import { retryAfter } from '../../src/transport/retryAfter.js'

// The time zone of the host must not matter.
process.env['TZ'] = 'America/New_York'
const now = Date.parse('2025-06-01T12:00:00Z')

describe('retryAfter', () => {
  it.each([
    ['seconds', '7', 7_000],
    ['no wait', '0', 0],
    ['white space', ' 7 ', 7_000],
    ['a fraction', '1.5', 1_500],
    ['a fraction of a millisecond', '0.0001', 1],
    ['a negative number', '-5', undefined],
    ['a number with a unit', '5s', undefined],
    ['a date', 'Sun, 01 Jun 2025 12:00:30 GMT', 30_000],
    ['a date in the form of RFC 850', 'Sunday, 01-Jun-25 12:00:30 GMT', 30_000],
    ['a date in the form of asctime, which has no time zone', 'Sun Jun  1 12:00:30 2025', 30_000],
    ['a date in the form of ISO 8601', '2025-06-01T12:00:30Z', 30_000],
    ['a fraction without an integer part', '.5', 500],
    ['several numbers', '60, 60', undefined],
    ['the name of a month', 'may 5', undefined],
    ['a date that is past', 'Sun, 01 Jun 2025 11:00:00 GMT', 0],
    ['more than an hour', '86400', 3_600_000],
    ['a date beyond an hour', 'Mon, 02 Jun 2025 12:00:00 GMT', 3_600_000],
    ['seconds beyond the range of numbers', '9'.repeat(400), 3_600_000],
    ['nothing', '', undefined],
    ['no header', null, undefined],
    ['words', 'soon', undefined],
  ])('%s', (_case, header, wait) => {
    expect(retryAfter(header, now)).toBe(wait)
  })
})
