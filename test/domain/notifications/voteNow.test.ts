import { describe, expect, it } from 'vitest'
import { announceProposal } from '../../../src/domain/notifications/announceProposal.js'
import { announceReminder } from '../../../src/domain/notifications/announceReminder.js'
import type { Notification } from '../../../src/domain/notifications/notification.js'
import { voteNow } from '../../../src/domain/notifications/voteNow.js'
import type { VoteReminder } from '../../../src/domain/notifications/voteReminder.js'
import type { OwnVote } from '../../../src/domain/proposals/attendance.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import { block, byKey, genesis, proposal, steadyPace, tally } from '../../support/builders.js'

const ours = '0xA11ce'
const other = '0xB0b'
/** A vote of ten thousand seconds, as it stood when it was reminded of. */
const vote = (parts: Partial<Proposal> = {}): Proposal =>
  proposal('1', {
    title: 'Go v2',
    clock: 'timestamp',
    votingStart: genesis,
    votingEnd: genesis + 10_000n,
    votingEndsAt: genesis + 10_000n,
    tally: tally(1n),
    ...parts,
  })
const byBlocks: Partial<Proposal> = { clock: 'block', votingStart: 1n, votingEnd: 10_000n }
const votes = (first: OwnVote['vote'], second: OwnVote['vote']): readonly OwnVote[] => [
  { address: ours, vote: first },
  { address: other, vote: second },
]

/** A reminder that was given at second 6,400 of the chain. */
function reminded(
  event: VoteReminder['event'],
  own: readonly OwnVote[] = [],
  of: Proposal = vote(),
  parts: Partial<VoteReminder> = { reminder: 3_600_000, secondsLeft: 3_600n },
): Notification {
  const moment = { at: 6_400n, time: genesis + 6_400n, head: block(6_400), blockTime: steadyPace(6_400) }
  return announceReminder({ event, proposal: of, votes: own, ...parts }, moment).notification
}

/** What it says at second 8,200 of the chain. */
const now = (told: Notification, proposals: readonly Proposal[], second = 8_200) =>
  voteNow(told, { proposals: byKey(...proposals), head: block(second), blockTime: steadyPace(second) })
const halfVoted = { attendance: { voted: [ours.toLowerCase()], missing: [other.toLowerCase()] } }

describe('a reminder of a vote that goes on', () => {
  it('keeps its id and its place, and says how much time is left now', () => {
    const told = reminded('voting_ending_soon')
    expect(told.title).toBe('Voting closes in 1 h: Go v2')
    expect(now(told, [vote({ tally: tally(7n) })])).toMatchObject({
      id: told.id,
      event: 'voting_ending_soon',
      priority: 'high',
      title: 'Voting closes in 30 min: Go v2',
      timestamp: '2023-11-15T00:30:00.000Z',
      data: { reminder: '1h', secondsLeft: '1800', tally: { yes: '7' } },
    })
  })

  it('says who of ours has voted since, and of whom that is not known any more', () => {
    const told = reminded('not_voted', votes('not_voted', 'not_voted'))
    expect(now(told, [vote(halfVoted)])?.data).toMatchObject({ ownVotes: votes('voted', 'not_voted') })
    const half = { attendance: { voted: [ours.toLowerCase()], missing: [] } }
    const said = now(told, [vote(half)])
    expect(said?.data).toMatchObject({ ownVotes: votes('voted', 'unknown') })
    expect(said?.message).toContain(`Of ours, not known whether they voted: ${other}.`)
  })

  it('counts down to another end, where that was moved, and where blocks come at another pace', () => {
    const later = vote({ votingEnd: genesis + 11_000n, votingEndsAt: genesis + 11_000n })
    expect(now(reminded('voting_ending_soon'), [later])?.data).toMatchObject({ secondsLeft: '2800' })
    const { votingEndsAt: _endsAt, ...blocks } = vote(byBlocks)
    const told = reminded('voting_ending_soon', [], blocks)
    const slow = { samples: [8_190, 8_200].map((at) => ({ number: BigInt(at), timestamp: genesis + BigInt(2 * at) })) }
    const head = block(8_200, { timestamp: genesis + 16_400n })
    const scope = { proposals: byKey(blocks), head, blockTime: slow }
    expect(voteNow(told, scope)?.data).toMatchObject({ secondsLeft: '3600' })
  })

  it('counts from what was left, where nobody can tell the end any more', () => {
    const { votingEndsAt: _endsAt, ...blocks } = vote(byBlocks)
    const told = reminded('voting_ending_soon', [], blocks)
    const scope = { proposals: byKey(blocks), head: block(8_200), blockTime: { samples: [] } }
    expect(voteNow(told, scope)?.data).toMatchObject({ secondsLeft: '1800' })
  })

  it('has no time to count where it never had: all of ours have voted', () => {
    const told = reminded('voted', votes('voted', 'voted'), vote(), {})
    const all = { attendance: { voted: [ours, other], missing: [] } }
    expect(now(told, [vote({ ...all, tally: tally(9n) })])).toMatchObject({
      title: 'Voted: Go v2',
      data: { secondsLeft: null, reminder: null, tally: { yes: '9' } },
    })
  })

  it('goes on with the tally where nobody asks who has voted: no account is ours, and no council votes', () => {
    expect(now(reminded('voting_ending_soon'), [vote({ tally: tally(7n) })])?.data).toMatchObject({
      ownVotes: [],
      tally: { yes: '7' },
    })
  })

  it('waits where it told who has voted and nobody knows that at the moment', () => {
    expect(now(reminded('not_voted', votes('not_voted', 'voted')), [vote()])).toBeUndefined()
    const council = { council: { weight: 1n, passesAt: 2n, failsAt: 2n } }
    const byCouncil = reminded('voting_ending_soon', [], vote({ ...halfVoted, ...council }))
    expect(now(byCouncil, [vote(council)])).toBeUndefined()
    expect(now(byCouncil, [vote({ ...halfVoted, ...council })])).toBeDefined()
  })

  it('says nothing once the vote is over, or off the chain', () => {
    const told = reminded('voting_ending_soon')
    expect(now(told, [vote({ status: 'passed' })])).toBeUndefined()
    expect(now(told, [])).toBeUndefined()
  })

  it('is left as it stands where another version wrote less of it', () => {
    const { ownVotes: _votes, ...less } = { ownVotes: [], ...reminded('not_voted', votes('voted', 'voted')).data }
    const older: unknown = { ...reminded('not_voted'), data: less }
    expect(now(asNotification(older), [vote(halfVoted)])).toBeUndefined()
  })
})

describe('what else was told of a vote', () => {
  const [{ notification: started } = { notification: reminded('voted') }] = announceProposal(
    ['voting_started'],
    vote(),
    {
      at: 10n,
      time: genesis + 10n,
    },
  )

  it('is told as the vote stands now, and is no reminder', () => {
    const said = now(started, [vote({ tally: tally(7n) })])
    expect(said).toMatchObject({ id: started.id, event: 'voting_started', data: { tally: { yes: '7' } } })
    expect(said?.data).not.toHaveProperty('ownVotes')
  })

  it('is left as it stands where it ends the vote', () => {
    const [{ notification: passed } = { notification: started }] = announceProposal(['proposal_passed'], vote(), {
      at: 10n,
      time: genesis + 10n,
    })
    expect(now(passed, [vote()])).toBeUndefined()
  })
})

function asNotification(value: unknown): Notification {
  const isNotification = (_: unknown): _ is Notification => true
  if (!isNotification(value)) throw new Error('It is none.')
  return value
}
