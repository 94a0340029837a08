import { describe, expect, it } from 'vitest'
import { cronProblem, nextTime } from '../../src/notify/digestTimes.js'

const times = (cron: string, zone: string, from: string, count: number): readonly string[] => {
  const next = nextTime(cron, zone)
  const all = [Date.parse(from)]
  for (let index = 0; index < count; index++) all.push(next(all.at(-1)!)!)
  return all.slice(1).map((ms) => new Date(ms).toISOString().slice(0, 16))
}

describe('nextTime', () => {
  it.each([
    ['0 9 * * 1', 'Europe/Berlin', '2026-03-20T00:00Z', ['2026-03-23T08:00', '2026-03-30T07:00']],
    ['0 9 * * 1', 'Europe/Berlin', '2026-10-19T00:00Z', ['2026-10-19T07:00', '2026-10-26T08:00']],
    ['0 9 * * *', 'America/New_York', '2026-03-07T12:00Z', ['2026-03-07T14:00', '2026-03-08T13:00']],
    ['0 9 * * *', 'Asia/Kathmandu', '2026-01-01T00:00Z', ['2026-01-01T03:15', '2026-01-02T03:15']],
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', ['2026-03-29T01:00', '2026-03-30T00:30']],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
  ])('%s in %s from %s', (cron, zone, from, expected) => {
    expect(times(cron, zone, from, 2)).toStrictEqual(expected)
  })

  it('returns a time after the given one, the same for repeated calls', () => {
    const next = nextTime('0 9 * * *', 'UTC')
    const nine = Date.UTC(2026, 0, 2, 9)
    expect([next(nine - 1), next(nine - 1), next(nine), next(nine - 5)]).toStrictEqual([
      nine,
      nine,
      nine + 86_400_000,
      nine,
    ])
  })
})

describe('cronProblem', () => {
  it('accepts five fields with a time that exists', () => {
    expect(cronProblem('0 9 * * 1')).toBeUndefined()
    expect(cronProblem('0 9 29 2 *')).toBeUndefined()
    expect(cronProblem('0 9 31 2 *')).toBe('expected a cron expression that fits some date; none fits this one')
    for (const wrong of ['', 'daily', '@daily', '0 9 * *', '0 0 9 * * 1', '0 25 * * *', '2026-01-01T00:00:00']) {
      expect(cronProblem(wrong)).toBe('expected a cron expression of five fields, such as "0 9 * * 1"')
    }
  })
})
