import { describe, expect, it } from 'vitest'
import type { ChangeKind } from '../../../src/domain/proposals/change.js'
import { type NotificationEvent } from '../../../src/domain/notifications/notification.js'
import { type Proposal, proposalStatuses } from '../../../src/domain/proposals/proposal.js'
import { announceChange } from '../../../src/domain/notifications/announceChange.js'
import { change, genesis, proposal, upgrade, upgradeProposal } from '../../support/builders.js'
import { told, appears } from './toldChange.js'

describe('announceChange', () => {
  describe('announces a proposal found at the first sync once', () => {
    it('if it can be voted on, and not if it is over', () => {
      for (const status of proposalStatuses) {
        expect(told(appears(status, true))).toStrictEqual(
          status === 'submitted' || status === 'voting' ? ['new_proposal'] : [],
        )
      }
    })

    it('if its plan or its execution is still ahead', () => {
      const seen = (one: Proposal): readonly NotificationEvent[] =>
        told({ type: 'proposalAppeared', proposal: one, backfill: true })
      expect(seen(upgradeProposal('1', 'v2', 100, { status: 'passed' }))).toStrictEqual(['new_proposal'])
      expect(seen(upgradeProposal('1', 'v2', 10, { status: 'passed' }))).toStrictEqual([])
      // The state of the upgrade decides: it is served although its height has just passed, or it is over.
      const seenWith = (status: 'scheduled' | 'past') =>
        announceChange(
          change({
            type: 'proposalAppeared',
            proposal: upgradeProposal('1', 'v2', 10, { status: 'passed' }),
            backfill: true,
          }),
          { upgrade: upgrade('1', 'v2', 10, { status }) },
        )
      expect([seenWith('scheduled').length, seenWith('past').length]).toStrictEqual([1, 0])
      expect(seen(proposal('1', { status: 'queued', executableAt: genesis + 11n }))).toStrictEqual(['new_proposal'])
      expect(seen(proposal('1', { status: 'queued', executableAt: genesis + 10n }))).toStrictEqual([])
    })

    it('as the only one of ten, if the other nine passed with nothing left to do', () => {
      const ten = Array.from({ length: 10 }, (_, id) =>
        proposal(String(id), { type: 'text', status: id === 3 ? 'voting' : 'passed' }),
      )
      expect(ten.flatMap((one) => told({ type: 'proposalAppeared', proposal: one, backfill: true }))).toStrictEqual([
        'new_proposal',
      ])
    })
  })

  it('announces an emergency found at the first sync', () => {
    expect(
      told({ type: 'proposalAppeared', proposal: proposal('1', { type: 'emergency' }), backfill: true }),
    ).toStrictEqual(['new_proposal', 'emergency_proposal'])
  })

  it('announces an emergency in its deposit period only when its vote begins', () => {
    const deposit = { type: 'upgrade', expedited: true, clock: 'timestamp' } as const
    const { votingStart: _none, ...unpaid } = proposal('1', { ...deposit, status: 'submitted' })
    const paid = proposal('1', { ...deposit, status: 'voting', votingStart: 900n })
    for (const backfill of [false, true])
      expect(told({ type: 'proposalAppeared', proposal: unpaid, backfill })).toStrictEqual(['new_proposal'])
    expect(told({ type: 'statusMoved', proposal: paid, from: 'submitted' })).toStrictEqual([
      'voting_started',
      'emergency_proposal',
    ])
    expect(told({ type: 'proposalAppeared', proposal: paid, backfill: true })).toStrictEqual([
      'new_proposal',
      'emergency_proposal',
    ])
    expect(
      told({ type: 'statusMoved', proposal: { ...paid, expedited: false, status: 'rejected' }, from: 'submitted' }),
    ).not.toContain('emergency_proposal')
  })

  it('announces an emergency whose vote has a date at once, and later under the same id', () => {
    const waiting = proposal('1', { type: 'emergency', status: 'submitted' })
    const idOf = (kind: ChangeKind): string | undefined =>
      announceChange(change(kind)).find(({ notification }) => notification.event === 'emergency_proposal')?.notification
        .id
    const first = idOf({ type: 'proposalAppeared', proposal: waiting, backfill: false })
    expect(first).toBeDefined()
    expect(idOf({ type: 'statusMoved', proposal: { ...waiting, status: 'voting' }, from: 'submitted' })).toBe(first)
  })
})
