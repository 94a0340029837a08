import fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { calendarOf, type CalendarSource } from '../../../src/views/feeds/calendar.js'
import { at, proposal, queueing, state, upgrade } from '../../support/storeGiven.js'

// A block every two seconds.
const blockTime = { samples: [at(1n), at(2n), at(3n), at(4n), at(5n), at(6n), at(7n), at(8n), at(9n), at(10n)] }

function chainWith(...upgrades: readonly ReturnType<typeof upgrade>[]): CalendarSource['chains'][number] {
  return state({ head: at(10n), blockTime, upgrades: queueing(...upgrades) })
}

function votes(...proposals: readonly ReturnType<typeof proposal>[]): CalendarSource {
  return { proposals: proposals.map((one) => ({ proposal: one, estimated: false })), chains: [chainWith()] }
}

const jCal = z.array(z.unknown())

/** The events as a calendar program reads them. */
function read(source: CalendarSource) {
  return new ICAL.Component(jCal.parse(ICAL.parse(calendarOf(source))))
    .getAllSubcomponents('vevent')
    .map((component) => {
      const { uid, summary, description, sequence, startDate } = new ICAL.Event(component)
      const status = String(component.getFirstPropertyValue('status'))
      return { uid, summary, description, sequence, status, start: startDate.toJSDate().toISOString() }
    })
}

describe('the calendar', () => {
  it('contains the end of a vote', () => {
    const { proposals, chains } = votes(
      proposal('7', { title: 'Raise; lower, and keep', votingEndsAt: 1_800_000_000n }),
    )
    expect(read({ proposals, chains })).toStrictEqual([
      {
        uid: 'vote-end/local/0xc0ffee/7@govstream',
        summary: 'Vote ends on local: Raise; lower, and keep',
        description: 'Proposal 7 on local.',
        sequence: 0,
        status: 'CONFIRMED',
        start: '2027-01-15T08:00:00.000Z',
      },
    ])
  })

  it('marks an end given in blocks as an estimate', () => {
    const ending = proposal('7', { votingEnd: 40n, votingEndsAt: 80n })
    const [vote] = read({ proposals: [{ proposal: ending, estimated: true }], chains: [chainWith()] })
    expect(vote?.description).toBe('Proposal 7 on local. Block 40: estimated, moves with the chain.')
  })

  it('contains a scheduled upgrade, and moves it with the chain under the same uid', () => {
    const sooner = { ...chainWith(upgrade('1')), head: { ...at(500n), timestamp: 1_000_000n } }
    const [before] = read({ proposals: [], chains: [chainWith(upgrade('1'))] })
    const [after] = read({ proposals: [], chains: [sooner] })
    expect(before).toMatchObject({
      uid: 'upgrade/local/0xc0ffee/1@govstream',
      summary: 'Upgrade v1 on local at block 1,000',
      start: new Date(2_000_000).toISOString(),
    })
    expect(after).toMatchObject({ uid: before?.uid, start: new Date(1_001_000_000).toISOString() })
    expect(after!.sequence).toBeGreaterThan(before!.sequence)
  })

  it.each([
    ['is in the vote', upgrade('1', { status: 'pending' }), 'If its vote passes: upgrade v1 on local at block 1,000'],
    [
      'awaits the execution of its proposal',
      upgrade('1', { status: 'pending', awaits: 'execution' }),
      'If its proposal is executed: upgrade v1 on local at block 1,000',
    ],
    ['was cancelled before its height', upgrade('1', { status: 'cancelled' }), 'CANCELLED'],
    ['is done', upgrade('1', { status: 'completed', triggeredAt: 9n }), '1970-01-01T00:00:09.000Z'],
  ])('contains an upgrade that %s', (_, given, said) => {
    const [event] = read({ proposals: [], chains: [chainWith(given)] })
    expect(Object.values(event ?? {})).toContain(said)
  })

  it.each([
    ['was refused', upgrade('1', { status: 'refused' })],
    ['was over before the first reading', upgrade('1', { status: 'past' })],
    ['was cancelled after its height', upgrade('1', { status: 'cancelled', height: 5 })],
  ])('does not contain an upgrade that %s', (_, given) => {
    expect(read({ proposals: [], chains: [chainWith(given)] })).toStrictEqual([])
  })

  it('keeps the sequence within 32 bits, whatever the time of the chain', () => {
    const head = { ...at(10n), timestamp: 10n ** 40n }
    const [event] = read({ proposals: [], chains: [{ ...chainWith(upgrade('1')), head }] })
    expect(event?.sequence).toBe(2 ** 31 - 1)
  })

  it('contains nothing of a chain that was never read', () => {
    const { head: _head, ...unread } = chainWith(upgrade('1'))
    expect(read({ proposals: [], chains: [unread] })).toStrictEqual([])
  })

  it('is valid for every program, whatever a chain writes', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom('\r', '\n', ';', ',', '\\', ':', '"', '\0'), fc.string()) })
    fc.assert(
      fc.property(text, text, text, (title, id, name) => {
        const source = {
          proposals: [{ proposal: proposal(id, { title, votingEndsAt: 100n }), estimated: false }],
          chains: [chainWith(upgrade('1', { name, reasons: [title] }))],
        }
        expect(read(source)).toHaveLength(2)
        const lines = calendarOf(source).split('\r\n')
        expect(lines.filter((line) => Buffer.byteLength(line) > 75)).toStrictEqual([])
        expect(lines.filter((line) => /[\p{Cc}]/u.test(line) || !line.isWellFormed())).toStrictEqual([])
      }),
    )
  })
})
