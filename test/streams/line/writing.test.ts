import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../src/domain/proposals/proposal.js'
import type { PlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import type { WriteOutcome } from '../../../src/domain/upgrades/writeOutcome.js'
import type { ChainEvent } from '../../../src/streams/draft.js'
import { upgradeProposal } from '../../support/builders.js'
import { passed, key, read, wrote, run, told } from '../lineGiven.js'

const answered = (outcome: WriteOutcome, second: number): ChainEvent => ({
  type: 'wrote',
  outcome,
  hostTime: second * 1000,
})

describe('the line of stages', () => {
  describe('writing', () => {
    it('still writes for a height that passed between two polls', () => {
      expect(told([read(90), read(105, [passed()])])).toStrictEqual([
        '',
        'new_proposal, voting_ended, proposal_passed, upgrade_scheduled, due v2',
      ])
      expect(told([read(90, [passed()]), read(105)])).toStrictEqual(['new_proposal, upgrade_scheduled', 'due v2'])
    })

    it('refuses after an absence longer than lateLimit', () => {
      expect(told([read(90, [passed()]), read(4_000)])).toStrictEqual([
        'new_proposal, upgrade_scheduled',
        'upgrade_refused',
      ])
      expect(told([read(90, [passed()]), read(4_000)], { lateLimit: 86_400_000 })).toStrictEqual([
        'new_proposal, upgrade_scheduled',
        'due v2',
      ])
    })

    it('announces a failed write once, and tries again at each poll', () => {
      const full = answered({ result: 'failed', key, reason: 'The disk is full.' }, 100)
      const other = answered({ result: 'failed', key, reason: 'The disk is read-only.' }, 102)
      expect(
        told([
          read(90, [passed()]),
          read(100),
          full,
          read(101),
          full,
          read(102),
          other,
          read(103),
          wrote('written', 103),
        ]),
      ).toStrictEqual([
        'new_proposal, upgrade_scheduled',
        'due v2',
        'upgrade_failed',
        'due v2',
        '',
        'due v2',
        '',
        'due v2',
        'upgrade_triggered',
      ])
    })

    describe('with a foreign plan in the file', () => {
      const notOurs = (at: number) => answered({ result: 'refused', key, reason: 'Not ours.' }, at)

      it('announces that once, and writes when the file is gone', () => {
        expect(
          told([
            read(90, [passed()]),
            read(100),
            notOurs(100),
            read(101),
            notOurs(101),
            read(102),
            wrote('written', 102),
          ]),
        ).toStrictEqual([
          'new_proposal, upgrade_scheduled',
          'due v2',
          'upgrade_refused',
          'due v2',
          '',
          'due v2',
          'upgrade_triggered',
        ])
      })

      it('refuses another plan of its name meanwhile, and gives up after lateLimit', () => {
        const again = upgradeProposal('2', 'v2', 300, { status: 'passed' })
        expect(
          told([read(90, [passed()]), read(100), notOurs(100), read(110, [again]), read(161), read(162)], {
            lateLimit: 60_000,
          }),
        ).toStrictEqual([
          'new_proposal, upgrade_scheduled',
          'due v2',
          'upgrade_refused',
          'new_proposal, voting_ended, proposal_passed, upgrade_refused, due v2',
          '',
          'upgrade_scheduled',
        ])
        expect(
          told([read(90, [passed()]), read(100), notOurs(100), read(160), read(161)], { lateLimit: 60_000 }),
        ).toStrictEqual(['new_proposal, upgrade_scheduled', 'due v2', 'upgrade_refused', 'due v2', ''])
      })

      it('never writes it after a later plan has reached its own height', () => {
        const later = upgradeProposal('2', 'v3', 110, { status: 'passed' })
        const refused = {
          ...notOurs(110),
          outcome: { result: 'refused', key: keyOf(later), reason: 'Not ours.' },
        } as const
        expect(
          told([read(90, [passed(), later]), read(100), notOurs(100), read(105), read(110), refused, read(111)]),
        ).toStrictEqual([
          'new_proposal, new_proposal, upgrade_scheduled, upgrade_scheduled',
          'due v2',
          'upgrade_refused',
          'due v2',
          'due v3',
          'upgrade_refused',
          'due v3',
        ])
      })

      it('writes nothing once the proposal is canceled or removed', () => {
        expect(
          told([read(90, [passed()]), read(100), notOurs(100), read(101, [passed({ status: 'canceled' })]), read(102)]),
        ).toStrictEqual(['new_proposal, upgrade_scheduled', 'due v2', 'upgrade_refused', 'proposal_canceled', ''])
        const gone = { retracted: [key], rewoundTo: 90n }
        expect(
          told([
            read(90, [passed()]),
            read(100),
            notOurs(100),
            read(95, [], { ...gone, backlog: 6n }),
            read(101),
            read(102),
          ]).slice(3),
        ).toStrictEqual(['proposal_retracted', '', ''])
        expect(told([read(90, [passed()]), read(100), notOurs(100), read(101, [], gone), read(102)])).toStrictEqual([
          'new_proposal, upgrade_scheduled',
          'due v2',
          'upgrade_refused',
          'proposal_retracted',
          '',
        ])
      })
    })

    it('adds warnings about a valid but careless plan to the announcement', () => {
      const info = { binaries: { 'linux/amd64': 'https://example.org/node' } }
      const [turn] = run([
        read(90, [passed({ finding: { plan: { name: 'v2', height: 100, info }, origin: 'call', problems: [] } })]),
      ])
      expect(turn?.state.upgrades.get(key)).toMatchObject({
        status: 'scheduled',
        reasons: [expect.stringMatching(/checksum/)],
      })
      expect(turn?.announcements.at(-1)?.notification.message).toMatch(/checksum/)
    })

    it.each<[string, PlanOptions]>([
      ['on schedule', { when: 'on-schedule' }],
      ['by leadBlocks', { leadBlocks: 10 }],
    ])('writes ahead %s, and triggers at the height', (_, plan) => {
      expect(
        told([read(90, [passed()]), wrote('written', 90), read(99), read(100), wrote('written', 100), read(102)], plan),
      ).toStrictEqual([
        'new_proposal, upgrade_scheduled, due v2',
        '',
        '',
        'due v2',
        'upgrade_triggered',
        'upgrade_completed',
      ])
    })

    it('writes nothing while a backlog may contain a cancellation', () => {
      expect(
        told([read(90, [passed()]), read(105, [], { backlog: 3n }), read(108, [passed({ status: 'canceled' })])]),
      ).toStrictEqual(['new_proposal, upgrade_scheduled', '', 'proposal_canceled, upgrade_cancelled'])
    })
  })
})
