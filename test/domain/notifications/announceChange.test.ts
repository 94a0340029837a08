import { describe, expect, it } from 'vitest'
import type { ChangeKind } from '../../../src/domain/proposals/change.js'
import {
  defaultPriorities,
  type NotificationEvent,
  type Priority,
} from '../../../src/domain/notifications/notification.js'
import { type ProposalStatus, proposalStatuses } from '../../../src/domain/proposals/proposal.js'
import { milestones, announceChange } from '../../../src/domain/notifications/announceChange.js'
import { change, hashOf, proposal, tally } from '../../support/builders.js'
import { told, appears } from './toldChange.js'

const moves = (from: ProposalStatus, status: ProposalStatus): ChangeKind => ({
  type: 'statusMoved',
  proposal: proposal('1', { status }),
  from,
})

describe('announceChange', () => {
  it.each<[NotificationEvent, Priority, ChangeKind]>([
    ['new_proposal', 'medium', appears('submitted')],
    ['voting_started', 'medium', moves('submitted', 'voting')],
    ['voting_ended', 'medium', moves('voting', 'rejected')],
    [
      'quorum_reached',
      'high',
      { type: 'tallyMoved', proposal: proposal('1', { tally: tally(5n, { quorumReached: true }) }), from: tally(1n) },
    ],
    ['proposal_passed', 'high', moves('voting', 'passed')],
    ['proposal_rejected', 'medium', moves('voting', 'rejected')],
    ['proposal_queued', 'medium', moves('passed', 'queued')],
    ['proposal_executed', 'medium', moves('queued', 'executed')],
    ['proposal_canceled', 'medium', moves('voting', 'canceled')],
    ['proposal_expired', 'medium', moves('queued', 'expired')],
    ['proposal_failed', 'high', moves('passed', 'failed')],
    ['proposal_retracted', 'high', { type: 'proposalRetracted', proposal: proposal('1') }],
    [
      'emergency_proposal',
      'critical',
      { type: 'proposalAppeared', proposal: proposal('1', { type: 'emergency' }), backfill: false },
    ],
  ])('announces %s with priority %s', (event, priority, kind) => {
    const { notification } = announceChange(change(kind)).find((telling) => telling.notification.event === event)!
    expect(notification.priority).toBe(priority)
    expect(defaultPriorities[event]).toBe(priority)
  })

  it('announces the milestones between two readings, in order', () => {
    expect(told(moves('voting', 'executed'))).toStrictEqual(['voting_ended', 'proposal_passed', 'proposal_executed'])
    expect(told(moves('submitted', 'queued'))).toStrictEqual(['voting_ended', 'proposal_passed', 'proposal_queued'])
    expect(told(appears('rejected'))).toStrictEqual(['new_proposal', 'voting_ended', 'proposal_rejected'])
    expect(told(appears('voting'))).toStrictEqual(['new_proposal', 'voting_started'])
  })

  it('announces no proposal for a plan that the chain itself has scheduled', () => {
    const parts = { contract: 'upgrade', status: 'passed', derived: true, carriedOut: true } as const
    const held = proposal('v19@7000', parts)
    expect(told({ type: 'proposalAppeared', proposal: held, backfill: false })).toStrictEqual([])
  })

  it('announces the quorum when it is reached, not if it was reached before', () => {
    const reached = proposal('1', { tally: tally(5n, { quorumReached: true }) })
    expect(told({ type: 'tallyMoved', proposal: reached, from: tally(4n, { quorumReached: false }) })).toStrictEqual([
      'quorum_reached',
    ])
    expect(told({ type: 'tallyMoved', proposal: reached })).toStrictEqual(['quorum_reached'])
    expect(told({ type: 'tallyMoved', proposal: reached, from: reached.tally! })).toStrictEqual([])
    expect(told({ type: 'proposalAppeared', proposal: reached, backfill: true })).toStrictEqual(['new_proposal'])
  })

  it('never announces the quorum after the end of the vote', () => {
    for (const status of ['passed', 'executed', 'queued', 'rejected', 'failed'] as const) {
      const over = proposal('1', { status, tally: tally(5n, { quorumReached: true }) })
      expect(told({ type: 'tallyMoved', proposal: over, fromStatus: status })).toStrictEqual([])
      expect(told({ type: 'proposalAppeared', proposal: over, backfill: false })).not.toContain('quorum_reached')
      // The reading that sees the end still announces it, before the end.
      expect(told({ type: 'tallyMoved', proposal: over, fromStatus: 'voting' })).toStrictEqual(['quorum_reached'])
    }
  })

  it('gives a proposal that comes back in another block new ids, and in the same block the same ids', () => {
    const idIn = (hash: string): string =>
      announceChange(
        change({
          type: 'proposalAppeared',
          proposal: proposal('1', { status: 'submitted', origin: { block: 1n, hash, index: 0 } }),
          backfill: false,
        }),
      )[0]!.notification.id
    expect(idIn(hashOf(1n, 1))).not.toBe(idIn(hashOf(1n)))
    expect(idIn(hashOf(1n))).toBe(idIn(hashOf(1n)))
  })

  describe('milestones', () => {
    it('are none if the status did not change, or went back', () => {
      for (const status of proposalStatuses) expect(milestones(status, status)).toStrictEqual([])
      expect(milestones('passed', 'voting')).toStrictEqual([])
      expect(milestones('voting', 'submitted')).toStrictEqual([])
    })

    it('end with the status that was reached', () => {
      for (const from of proposalStatuses) {
        for (const to of ['passed', 'queued', 'executed', 'rejected', 'failed', 'expired', 'canceled'] as const) {
          if (from !== to) expect(milestones(from, to).at(-1)).toBe(`proposal_${to}`)
        }
      }
    })

    it('do not include voting_ended for a vote that was canceled', () => {
      expect(milestones('voting', 'canceled')).toStrictEqual(['proposal_canceled'])
    })
  })
})
