import { describe, expect, it } from 'vitest'
import type { ChangeKind } from '../../../src/domain/proposals/change.js'
import {
  defaultPriorities,
  type NotificationEvent,
  type Priority,
} from '../../../src/domain/notifications/notification.js'
import { type Proposal, type ProposalStatus, proposalStatuses } from '../../../src/domain/proposals/proposal.js'
import { milestones, announceChange } from '../../../src/domain/notifications/announceChange.js'
import {
  block,
  change,
  contract,
  genesis,
  hashOf,
  proposal,
  steadyPace,
  tally,
  upgrade,
  upgradeProposal,
  vote,
} from '../../support/builders.js'

const told = (kind: ChangeKind): readonly NotificationEvent[] =>
  announceChange(change(kind)).map(({ notification }) => notification.event)
const appears = (status: ProposalStatus, backfill = false): ChangeKind => ({
  type: 'proposalAppeared',
  proposal: proposal('1', { status }),
  backfill,
})
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
  ])('tells %s, priority %s', (event, priority, kind) => {
    const { notification } = announceChange(change(kind)).find((telling) => telling.notification.event === event)!
    expect(notification.priority).toBe(priority)
    expect(defaultPriorities[event]).toBe(priority)
  })

  it('tells what lies between two looks, in its order', () => {
    expect(told(moves('voting', 'executed'))).toStrictEqual(['voting_ended', 'proposal_passed', 'proposal_executed'])
    expect(told(moves('submitted', 'queued'))).toStrictEqual(['voting_ended', 'proposal_passed', 'proposal_queued'])
    expect(told(appears('rejected'))).toStrictEqual(['new_proposal', 'voting_ended', 'proposal_rejected'])
    expect(told(appears('voting'))).toStrictEqual(['new_proposal', 'voting_started'])
  })

  describe('announces what was there at the first sync once', () => {
    it('while it can be voted on, and nothing that was over or that nobody carries out', () => {
      for (const status of proposalStatuses) {
        expect(told(appears(status, true))).toStrictEqual(
          status === 'submitted' || status === 'voting' ? ['new_proposal'] : [],
        )
      }
    })

    it('while its plan or its execution is to come', () => {
      const seen = (one: Proposal): readonly NotificationEvent[] =>
        told({ type: 'proposalAppeared', proposal: one, backfill: true })
      expect(seen(upgradeProposal('1', 'v2', 100, { status: 'passed' }))).toStrictEqual(['new_proposal'])
      expect(seen(upgradeProposal('1', 'v2', 10, { status: 'passed' }))).toStrictEqual([])
      // What became of it says it best: served though its height has just gone by, or over.
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

    it('one of ten, where nine passed and nothing is left to do', () => {
      const ten = Array.from({ length: 10 }, (_, id) =>
        proposal(String(id), { type: 'text', status: id === 3 ? 'voting' : 'passed' }),
      )
      expect(ten.flatMap((one) => told({ type: 'proposalAppeared', proposal: one, backfill: true }))).toStrictEqual([
        'new_proposal',
      ])
    })
  })

  it('tells an emergency that was there at the first sync', () => {
    expect(
      told({ type: 'proposalAppeared', proposal: proposal('1', { type: 'emergency' }), backfill: true }),
    ).toStrictEqual(['new_proposal', 'emergency_proposal'])
  })

  it('tells an emergency that is still in deposit when its vote begins: anybody may put one up', () => {
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

  it('tells one whose vote has a date already at once, and the same fact under the same id', () => {
    const waiting = proposal('1', { type: 'emergency', status: 'submitted' })
    const idOf = (kind: ChangeKind): string | undefined =>
      announceChange(change(kind)).find(({ notification }) => notification.event === 'emergency_proposal')?.notification
        .id
    const first = idOf({ type: 'proposalAppeared', proposal: waiting, backfill: false })
    expect(first).toBeDefined()
    expect(idOf({ type: 'statusMoved', proposal: { ...waiting, status: 'voting' }, from: 'submitted' })).toBe(first)
  })

  it('tells the quorum when it is reached, not when it was', () => {
    const reached = proposal('1', { tally: tally(5n, { quorumReached: true }) })
    expect(told({ type: 'tallyMoved', proposal: reached, from: tally(4n, { quorumReached: false }) })).toStrictEqual([
      'quorum_reached',
    ])
    expect(told({ type: 'tallyMoved', proposal: reached })).toStrictEqual(['quorum_reached'])
    expect(told({ type: 'tallyMoved', proposal: reached, from: reached.tally! })).toStrictEqual([])
    expect(told({ type: 'proposalAppeared', proposal: reached, backfill: true })).toStrictEqual(['new_proposal'])
  })

  it('never tells the quorum after the end of the vote', () => {
    for (const status of ['passed', 'executed', 'queued', 'rejected', 'failed'] as const) {
      const over = proposal('1', { status, tally: tally(5n, { quorumReached: true }) })
      expect(told({ type: 'tallyMoved', proposal: over, fromStatus: status })).toStrictEqual([])
      expect(told({ type: 'proposalAppeared', proposal: over, backfill: false })).not.toContain('quorum_reached')
      // The reading that sees the end still tells it, before the end.
      expect(told({ type: 'tallyMoved', proposal: over, fromStatus: 'voting' })).toStrictEqual(['quorum_reached'])
    }
  })

  describe('says what a voter asks first', () => {
    const said = (one: Proposal, at = 40): string => {
      const [first] = announceChange(change({ type: 'proposalAppeared', proposal: one, backfill: false }, at), {
        head: block(at),
        blockTime: steadyPace(at),
      })
      return first?.notification.message ?? ''
    }

    it('when the vote ends, how far off that is, what the quorum misses, and what it is about', () => {
      const one = proposal('7', {
        description: '# Proposal 7\n\nPays the *gardener*.',
        tally: tally(3n, { quorum: 10n, quorumReached: false, quorumMissing: 7n }),
      })
      expect(said(one)).toBe(
        [
          'local: other proposal, now voting.',
          'Voting ends at block 50, about 2023-11-14T22:14:10.000Z, in 10 s.',
          'For 100 % (3), against 0 % (0), abstain 0 % (0), quorum 10 not reached, 7 missing',
          'Pays the *gardener*.',
          `Proposal 7 of ${contract}.`,
        ].join('\n'),
      )
    })

    it('the exact time where the vote counts in time, and when it opens where it has not', () => {
      const timed = {
        clock: 'timestamp',
        votingStart: genesis + 100n,
        votingEnd: genesis + 3_700n,
        votingStartsAt: genesis + 100n,
        votingEndsAt: genesis + 3_700n,
      } as const
      expect(said(proposal('7', { ...timed, status: 'submitted' }))).toContain(
        '\nVoting starts 2023-11-14T22:15:00.000Z, in 1 min.\nVoting ends 2023-11-14T23:15:00.000Z, in 1 h 1 min.\n',
      )
    })

    it('the block where the pace is not known, and nothing that is past', () => {
      const [first] = announceChange(
        change({ type: 'proposalAppeared', proposal: proposal('7', { votingEnd: 41n }), backfill: false }, 40),
      )
      expect(first?.notification.message).toContain('\nVoting ends at block 41, 1 block from now.\n')
      expect(said(proposal('7'), 60)).not.toContain('Voting ends')
      expect(said(proposal('7', { status: 'passed' }))).not.toContain('Voting')
    })

    it('the same for machines', () => {
      const [first] = announceChange(
        change({ type: 'proposalAppeared', proposal: proposal('7'), backfill: false }, 40),
        {
          head: block(40),
          blockTime: steadyPace(40),
        },
      )
      expect(first?.notification.data).toMatchObject({
        votingEnd: '50',
        votingEndsAt: '2023-11-14T22:14:10.000Z',
        votingEndsAtEstimated: true,
      })
    })
  })

  it.each<[string, ChangeKind]>([
    ['a vote', { type: 'voteCast', vote: vote('1', 5) }],
    ['another deadline', { type: 'scheduleMoved', proposal: proposal('1') }],
    ['another plan: the upgrade tells it', { type: 'planEdited', proposal: proposal('1') }],
    ['a detail', { type: 'detailsRead', proposal: proposal('1') }],
    [
      'a count below the quorum',
      { type: 'tallyMoved', proposal: proposal('1', { tally: tally(1n, { quorumReached: false }) }) },
    ],
  ])('says nothing of %s', (_, kind) => {
    expect(told(kind)).toStrictEqual([])
  })

  it('says that an execution did nothing', () => {
    const skipped = 'Nothing was done: already blacklisted.'
    const [executed] = announceChange(
      change({ type: 'statusMoved', proposal: proposal('7', { status: 'executed', skipped }), from: 'queued' }),
    )
    expect(executed?.notification.message.split('\n')[1]).toBe(skipped)
    expect(executed?.notification.data).toMatchObject({ status: 'executed', skipped })
  })

  it('writes for people, and for machines', () => {
    const one = upgradeProposal('7', 'v2', 100, {
      title: 'Go v2',
      status: 'passed',
      proposer: '0xb0b',
      tally: tally(3n, { no: 1n, quorum: 2n, quorumReached: true }),
    })
    const [, passed] = announceChange(change({ type: 'statusMoved', proposal: one, from: 'voting' }))
    expect(passed).toStrictEqual({
      subject: `local/${contract}/7`,
      notification: {
        id: `local/${contract}/7:proposal_passed:${hashOf(1n).slice(0, 18)}`,
        event: 'proposal_passed',
        priority: 'high',
        chain: 'local',
        title: 'Passed: Go v2',
        message: `local: upgrade proposal by 0xb0b, now passed.\nFor 75 % (3), against 25 % (1), abstain 0 % (0), quorum 2 reached\nPlan: v2 at height 100\nProposal 7 of ${contract}.`,
        timestamp: new Date(Number(genesis + 10n) * 1000).toISOString(),
        data: {
          contract,
          proposalId: '7',
          system: 'governor',
          title: 'Go v2',
          type: 'upgrade',
          status: 'passed',
          derived: false,
          skipped: null,
          block: '10',
          proposer: '0xb0b',
          clock: 'block',
          votingStart: '1',
          votingEnd: '50',
          votingStartsAt: null,
          votingEndsAt: null,
          votingEndsAtEstimated: false,
          plan: { name: 'v2', height: 100 },
          excerpt: 'Proposal 7',
          tally: {
            yes: '3',
            no: '1',
            abstain: '0',
            veto: null,
            unit: 'votes',
            decimals: null,
            quorum: '2',
            quorumMissing: null,
            quorumReached: true,
            threshold: null,
            thresholdMet: null,
            turnout: null,
          },
        },
        read: false,
      },
    })
  })

  it('gives a proposal that comes back in another block ids of its own, and the same block the same', () => {
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
})

describe('milestones', () => {
  it('has none where nothing moved, or the vote went back', () => {
    for (const status of proposalStatuses) expect(milestones(status, status)).toStrictEqual([])
    expect(milestones('passed', 'voting')).toStrictEqual([])
    expect(milestones('voting', 'submitted')).toStrictEqual([])
  })

  it('ends with where it arrived', () => {
    for (const from of proposalStatuses) {
      for (const to of ['passed', 'queued', 'executed', 'rejected', 'failed', 'expired', 'canceled'] as const) {
        if (from !== to) expect(milestones(from, to).at(-1)).toBe(`proposal_${to}`)
      }
    }
  })

  it('does not say that a vote ended which was called off', () => {
    expect(milestones('voting', 'canceled')).toStrictEqual(['proposal_canceled'])
  })
})
