import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  endOfQuiet,
  hasOpenMinute,
  parseQuietHours,
  type QuietHours,
  wallClockOf,
} from '../../src/notify/quietHours.js'

const spans = (...written: readonly string[]): readonly QuietHours[] => written.map((one) => parseQuietHours(one)!)
const end = (zone: string, from: string, ...written: readonly string[]): string =>
  new Date(endOfQuiet(spans(...written), Date.parse(from), wallClockOf(zone))).toISOString()

describe('parseQuietHours', () => {
  it.each([
    ['22:00-07:00', { from: 1_320, to: 420 }],
    ['00:00-06:30', { from: 0, to: 390 }],
    ['13:00-24:00', { from: 780, to: 0 }],
    ['22-7', undefined],
    ['24:00-07:00', undefined],
    ['22:00-24:30', undefined],
    ['07:00-07:00', undefined],
    ['00:00-24:00', undefined],
  ])('%s', (written, expected) => {
    expect(parseQuietHours(written)).toStrictEqual(expected)
  })
})

describe('hasOpenMinute', () => {
  it('is false if the spans cover the whole day', () => {
    expect(hasOpenMinute(spans('22:00-07:00', '08:00-21:59'))).toBe(true)
    expect(hasOpenMinute(spans('22:00-07:00', '06:00-22:00'))).toBe(false)
  })
})

describe('endOfQuiet', () => {
  it.each([
    ['a winter night', 'Europe/Berlin', '2026-01-10T23:00:30.500Z', '2026-01-11T06:00:00.000Z'],
    ['a summer night', 'Europe/Berlin', '2026-07-10T23:00:00.000Z', '2026-07-11T05:00:00.000Z'],
    ['before midnight', 'America/New_York', '2026-01-11T03:30:00.000Z', '2026-01-11T12:00:00.000Z'],
    ['during the day', 'Europe/Berlin', '2026-01-10T12:34:56.789Z', '2026-01-10T12:34:56.789Z'],
    ['the first minute', 'UTC', '2026-01-10T22:00:00.000Z', '2026-01-11T07:00:00.000Z'],
    ['the end itself', 'UTC', '2026-01-10T07:00:00.000Z', '2026-01-10T07:00:00.000Z'],
    ['the clock put forward', 'Europe/Berlin', '2026-03-28T22:00:00.000Z', '2026-03-29T05:00:00.000Z'],
    ['the clock put back', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T06:00:00.000Z'],
    ['the clock put forward in New York', 'America/New_York', '2026-03-08T04:00:00.000Z', '2026-03-08T11:00:00.000Z'],
    ['half an hour in Lord Howe', 'Australia/Lord_Howe', '2026-10-03T12:00:00.000Z', '2026-10-03T20:00:00.000Z'],
    ['a zone off by 45 minutes', 'Asia/Kathmandu', '2026-01-10T17:00:00.000Z', '2026-01-11T01:15:00.000Z'],
  ])('%s', (_, zone, from, expected) => {
    expect(end(zone, from, '22:00-07:00')).toBe(expected)
  })

  it('is the clock change if the clock is put forward past the end', () => {
    expect(end('Europe/Berlin', '2026-03-29T00:00:00.000Z', '22:00-02:30')).toBe('2026-03-29T01:00:00.000Z')
  })

  it('ends within an hour that occurs twice, at the end of the span in each', () => {
    // 02:15 for the first time: quiet until 02:30, which comes before the clock is put back and again after it.
    expect(end('Europe/Berlin', '2026-10-25T00:15:00.000Z', '02:00-02:30')).toBe('2026-10-25T00:30:00.000Z')
    expect(end('Europe/Berlin', '2026-10-25T01:15:00.000Z', '02:00-02:30')).toBe('2026-10-25T01:30:00.000Z')
  })

  it('continues from one span into the next', () => {
    expect(end('UTC', '2026-01-10T23:00:00.000Z', '22:00-06:00', '06:00-07:30', '07:00-08:00')).toBe(
      '2026-01-11T08:00:00.000Z',
    )
  })

  it('continues through 90 adjacent spans', () => {
    const quarters = Array.from({ length: 90 }, (_, at) => {
      const text = (minute: number): string =>
        `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
      return `${text(at * 15)}-${text(at * 15 + 15)}`
    })
    expect(end('UTC', '2026-01-10T00:00:00.000Z', ...quarters)).toBe('2026-01-10T22:30:00.000Z')
  })

  it('is the first minute that is not quiet, across every clock change', () => {
    const clockText = (minute: number): string =>
      `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
    const span = fc
      .tuple(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 1, max: 900 }))
      .map(([from, length]) => `${clockText(from)}-${clockText((from + length) % 1_440)}`)
    const changes = ['2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05', '2026-10-04']
    const from = fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -1_440, max: 1_440 }))
      .map(([day, minutes]) => Date.parse(`${day}T00:00:00Z`) + minutes * 60_000)
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe')
    fc.assert(
      fc.property(zones, span, from, (zone, written, start) => {
        const clock = wallClockOf(zone)
        const [quiet] = spans(written)
        const isQuiet = (ms: number): boolean => {
          const minute = Math.floor(clock(ms) / 60_000) % 1_440
          return quiet!.from < quiet!.to
            ? minute >= quiet!.from && minute < quiet!.to
            : minute >= quiet!.from || minute < quiet!.to
        }
        let expected = start
        while (isQuiet(expected)) expected += 60_000
        expect(endOfQuiet([quiet!], start, clock)).toBe(expected)
      }),
      { numRuns: 60 },
    )
  })
})
