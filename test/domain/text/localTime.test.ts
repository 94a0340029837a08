import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { localTimeIn } from '../../../src/domain/text/localTime.js'

describe('localTimeIn', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T00:59:00Z', 'Sun 29 Mar 2026 01:59 Europe/Berlin'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 'Sun 29 Mar 2026 03:00 Europe/Berlin'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 'Sun 25 Oct 2026 02:00 Europe/Berlin'],
    ['America/New_York', '2026-11-26T23:30:00Z', 'Thu 26 Nov 2026 18:30 America/New_York'],
    ['Asia/Kolkata', '2026-11-26T23:30:00Z', 'Fri 27 Nov 2026 05:00 Asia/Kolkata'],
    ['UTC', '2026-11-26T00:00:00Z', 'Thu 26 Nov 2026 00:00 UTC'],
    ['UTC', 'soon', 'soon'],
  ])('writes a time in %s', (zone, iso, text) => {
    expect(localTimeIn(zone).full(iso)).toBe(text)
  })

  const { ahead } = localTimeIn('Europe/Berlin')
  const from = '2026-11-26T09:45:00Z'

  it.each([
    ['2026-11-26T13:05:00Z', 'in about 3 h 20 min, Thu 14:05 Europe/Berlin'],
    ['2026-12-02T09:44:59Z', 'in about 5 d 23 h, Wed 10:44 Europe/Berlin'],
    ['2026-12-02T09:45:00Z', 'in about 6 d, Wed 2 Dec 2026 10:45 Europe/Berlin'],
    ['2026-11-26T09:45:00Z', 'Thu 26 Nov 2026 10:45 Europe/Berlin'],
    ['2026-11-25T09:45:00Z', 'Wed 25 Nov 2026 10:45 Europe/Berlin'],
  ])('says how far off %s is, with the date if it is six days or more, or past', (iso, text) => {
    expect(ahead(iso, from)).toBe(text)
  })

  it('leaves out about for an exact time', () => {
    expect(ahead('2026-11-26T13:05:00Z', from, true)).toBe('in 3 h 20 min, Thu 14:05 Europe/Berlin')
  })

  it('writes UTC like the time zone database', () => {
    const years = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }
    fc.assert(
      fc.property(fc.date(years), (date) => {
        const iso = date.toISOString()
        expect(localTimeIn('UTC').full(iso)).toBe(localTimeIn('Etc/UTC').full(iso).replace('Etc/UTC', 'UTC'))
      }),
    )
  })
})
