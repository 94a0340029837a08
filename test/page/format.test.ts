import { describe, expect, it } from 'vitest'
import { countdownText, countText, fromNow, shareOf, shortText, words } from '../../src/page/format.js'
import { urgencyOf } from '../../src/page/urgency.js'

const now = Date.parse('2026-11-27T12:00:00.000Z')

describe('the text of a number or a time', () => {
  it.each([
    ['2026-11-29T16:05:09.000Z', '2 d 04:05:09', 'calm'],
    ['2026-11-27T16:05:09.000Z', '04:05:09', 'soon'],
    ['2026-11-27T12:00:01.000Z', '00:00:01', 'urgent'],
    ['2026-11-27T11:00:00.000Z', '00:00:00', 'urgent'],
  ])('counts down to %s as %s, which is %s', (at, left, urgency) => {
    expect([countdownText(at, now), urgencyOf(at, now)]).toStrictEqual([left, urgency])
  })

  it('says on which side of now a time is', () => {
    expect(
      ['2026-11-27T14:05:00Z', '2026-11-27T11:59:00Z', '2026-11-27T12:00:00Z'].map((at) => fromNow(at, now)),
    ).toStrictEqual(['in 2 h 5 min', '1 min ago', 'now'])
  })

  it('shows large counts exactly, in the unit of their token', () => {
    expect([
      countText('3100000000000000000', 18),
      countText('12345678901234567890123', 0),
      countText('5', 18),
      countText('0', 18),
      countText('1203', 3),
    ]).toStrictEqual(['3.1', '12,345,678,901,234,567,890,123', 'under 0.01', '0', '1.2'])
    expect(shareOf('30000000000000000000000', '40000000000000000000000')).toBe(0.75)
    expect(shareOf('3', '0')).toBe(0)
  })

  it('shortens the middle of a long text, and splits identifiers into words', () => {
    expect(shortText(`0x${'ab'.repeat(20)}`)).toBe('0xabababab…ababab')
    expect([words('not_ready'), words('statusMoved')]).toStrictEqual(['not ready', 'status moved'])
  })
})
