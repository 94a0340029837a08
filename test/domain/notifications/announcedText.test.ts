import { describe, expect, it } from 'vitest'
import type { ChangeKind } from '../../../src/domain/proposals/change.js'
import { type Proposal } from '../../../src/domain/proposals/proposal.js'
import { announceChange } from '../../../src/domain/notifications/announceChange.js'
import {
  block,
  change,
  contract,
  genesis,
  hashOf,
  proposal,
  steadyPace,
  tally,
  upgradeProposal,
  vote,
} from '../../support/builders.js'
import { told } from './toldChange.js'

describe('announceChange', () => {
  describe('answers the first questions of a voter', () => {
    const said = (one: Proposal, at = 40): string => {
      const [first] = announceChange(change({ type: 'proposalAppeared', proposal: one, backfill: false }, at), {
        head: block(at),
        blockTime: steadyPace(at),
      })
      return first?.notification.message ?? ''
    }

    it('gives the end of the vote, the time left, the missing quorum and an excerpt', () => {
      const one = proposal('7', {
        description: '# Proposal 7\n\nPays the *gardener*.',
        tally: tally(3n, { quorum: 10n, quorumReached: false, quorumMissing: 7n, quorumCounts: ['yes', 'abstain'] }),
      })
      expect(said(one)).toBe(
        [
          'local: other proposal, now voting.',
          'Voting closes in about 10 s, Tue 22:14 UTC.',
          'For 100 % (3), against 0 % (0), abstain 0 % (0), quorum 10 of For and Abstain not reached, 7 missing',
          'Pays the *gardener*.',
          `Proposal 7 of ${contract}.`,
        ].join('\n'),
      )
    })

    it('gives exact times for a timestamp clock, and the opening before the vote', () => {
      const timed = {
        clock: 'timestamp',
        votingStart: genesis + 100n,
        votingEnd: genesis + 3_700n,
        votingStartsAt: genesis + 100n,
        votingEndsAt: genesis + 3_700n,
      } as const
      expect(said(proposal('7', { ...timed, status: 'submitted' }))).toContain(
        '\nVoting opens in 1 min, Tue 22:15 UTC.\nVoting closes in 1 h 1 min, Tue 23:15 UTC.\n',
      )
    })

    it('gives the block if the pace is not known, and nothing that is past', () => {
      const [first] = announceChange(
        change({ type: 'proposalAppeared', proposal: proposal('7', { votingEnd: 41n }), backfill: false }, 40),
      )
      expect(first?.notification.message).toContain('\nVoting closes at block 41, 1 block from now.\n')
      expect(said(proposal('7'), 60)).not.toContain('Voting closes')
      expect(said(proposal('7', { status: 'passed' }))).not.toContain('Voting')
    })

    it('gives the same in the data', () => {
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
    ['another plan, which the upgrade announces', { type: 'planEdited', proposal: proposal('1') }],
    ['a detail', { type: 'detailsRead', proposal: proposal('1') }],
    [
      'a tally below the quorum',
      { type: 'tallyMoved', proposal: proposal('1', { tally: tally(1n, { quorumReached: false }) }) },
    ],
  ])('announces nothing for %s', (_, kind) => {
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

  describe('for a plan that passed', () => {
    const one = upgradeProposal('7', 'v2', 100, {
      title: 'Go v2',
      status: 'passed',
      proposer: '0xb0b',
      tally: tally(3n, { no: 1n, quorum: 2n, quorumReached: true }),
    })
    const [, passed] = announceChange(change({ type: 'statusMoved', proposal: one, from: 'voting' }))

    it('gives the vote, the plan and the proposal in the text', () => {
      const { data: _data, ...words } = passed!.notification
      expect(words).toStrictEqual({
        id: `local/${contract}/7:proposal_passed:${hashOf(1n).slice(0, 18)}`,
        event: 'proposal_passed',
        priority: 'high',
        chain: 'local',
        title: 'Passed: Go v2',
        message: `local: upgrade proposal by 0xb0b, now passed.\nFor 75 % (3), against 25 % (1), abstain 0 % (0), quorum 2 reached\nPlan: v2 at height 100\nProposal 7 of ${contract}.`,
        timestamp: new Date(Number(genesis + 10n) * 1000).toISOString(),
        read: false,
      })
    })

    it('gives the same in the data, with null for what is not known', () => {
      expect(passed!.subject).toBe(`local/${contract}/7`)
      expect(passed!.notification.data).toStrictEqual({
        contract,
        proposalId: '7',
        system: 'governor',
        title: 'Go v2',
        type: 'upgrade',
        status: 'passed',
        derived: false,
        underWay: true,
        skipped: null,
        block: '10',
        proposer: '0xb0b',
        clock: 'block',
        votingStart: '1',
        votingEnd: '50',
        votingStartsAt: null,
        votingEndsAt: null,
        votingEndsAtEstimated: false,
        plan: { name: 'v2', height: 100, time: null },
        upgradeStatus: null,
        planProblems: [],
        council: null,
        metadata: {},
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
          quorumCounts: null,
          threshold: null,
          thresholdMet: null,
          turnout: null,
        },
      })
    })
  })
})
