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
/** A vote of ten thousand seconds, as it was at the reminder. */
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

/** A reminder given at second 6,400 of the chain. */
function reminded(
  event: VoteReminder['event'],
  own: readonly OwnVote[] = [],
  of: Proposal = vote(),
  parts: Partial<VoteReminder> = { reminder: 3_600_000, secondsLeft: 3_600n },
): Notification {
  const moment = { at: 6_400n, time: genesis + 6_400n, head: block(6_400), blockTime: steadyPace(6_400) }
  return announceReminder({ event, proposal: of, votes: own, ...parts }, moment).notification
}

/** The current notification at second 8,200 of the chain. */
const now = (told: Notification, proposals: readonly Proposal[], second = 8_200) =>
  voteNow(told, { proposals: byKey(...proposals), head: block(second), blockTime: steadyPace(second) })
const halfVoted = { attendance: { voted: [ours.toLowerCase()], missing: [other.toLowerCase()] } }

describe('a reminder of an open vote', () => {
  it('keeps its id, and says how much time is left now', () => {
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

  it('says which of our accounts have voted since, and for which it is no longer known', () => {
    const told = reminded('not_voted', votes('not_voted', 'not_voted'))
    expect(now(told, [vote(halfVoted)])?.data).toMatchObject({ ownVotes: votes('voted', 'not_voted') })
    const half = { attendance: { voted: [ours.toLowerCase()], missing: [] } }
    const said = now(told, [vote(half)])
    expect(said?.data).toMatchObject({ ownVotes: votes('voted', 'unknown') })
    expect(said?.message).toContain(`Our voters whose vote is unknown: ${other}.`)
  })

  it('counts down to another end, or at another pace of blocks', () => {
    const later = vote({ votingEnd: genesis + 11_000n, votingEndsAt: genesis + 11_000n })
    expect(now(reminded('voting_ending_soon'), [later])?.data).toMatchObject({ secondsLeft: '2800' })
    const { votingEndsAt: _endsAt, ...blocks } = vote(byBlocks)
    const told = reminded('voting_ending_soon', [], blocks)
    const slow = { samples: [8_190, 8_200].map((at) => ({ number: BigInt(at), timestamp: genesis + BigInt(2 * at) })) }
    const head = block(8_200, { timestamp: genesis + 16_400n })
    const scope = { proposals: byKey(blocks), head, blockTime: slow }
    expect(voteNow(told, scope)?.data).toMatchObject({ secondsLeft: '3600' })
  })

  it('counts down from the time left at the reminder if the end is no longer known', () => {
    const { votingEndsAt: _endsAt, ...blocks } = vote(byBlocks)
    const told = reminded('voting_ending_soon', [], blocks)
    const scope = { proposals: byKey(blocks), head: block(8_200), blockTime: { samples: [] } }
    expect(voteNow(told, scope)?.data).toMatchObject({ secondsLeft: '1800' })
  })

  it('has no time left for voted, which had none', () => {
    const told = reminded('voted', votes('voted', 'voted'), vote(), {})
    const all = { attendance: { voted: [ours, other], missing: [] } }
    expect(now(told, [vote({ ...all, tally: tally(9n) })])).toMatchObject({
      title: 'Voted: Go v2',
      data: { secondsLeft: null, reminder: null, tally: { yes: '9' } },
    })
  })

  it('updates the tally if no account is ours and no council votes', () => {
    expect(now(reminded('voting_ending_soon'), [vote({ tally: tally(7n) })])?.data).toMatchObject({
      ownVotes: [],
      tally: { yes: '7' },
    })
  })

  it('waits if it said who has voted and that is not known now', () => {
    expect(now(reminded('not_voted', votes('not_voted', 'voted')), [vote()])).toBeUndefined()
    const council = { council: { weight: 1n, passesAt: 2n, failsAt: 2n } }
    const byCouncil = reminded('voting_ending_soon', [], vote({ ...halfVoted, ...council }))
    expect(now(byCouncil, [vote(council)])).toBeUndefined()
    expect(now(byCouncil, [vote({ ...halfVoted, ...council })])).toBeDefined()
  })

  it('is not updated once the vote is over or removed', () => {
    const told = reminded('voting_ending_soon')
    expect(now(told, [vote({ status: 'passed' })])).toBeUndefined()
    expect(now(told, [])).toBeUndefined()
  })

  it('is not updated if another version left out a part of its data', () => {
    const { ownVotes: _votes, ...less } = { ownVotes: [], ...reminded('not_voted', votes('voted', 'voted')).data }
    const older: unknown = { ...reminded('not_voted'), data: less }
    expect(now(asNotification(older), [vote(halfVoted)])).toBeUndefined()
  })
})

describe('another notification of a vote', () => {
  const [{ notification: started } = { notification: reminded('voted') }] = announceProposal(
    ['voting_started'],
    vote(),
    {
      at: 10n,
      time: genesis + 10n,
    },
  )

  it('is updated to the current vote, without reminder data', () => {
    const said = now(started, [vote({ tally: tally(7n) })])
    expect(said).toMatchObject({ id: started.id, event: 'voting_started', data: { tally: { yes: '7' } } })
    expect(said?.data).not.toHaveProperty('ownVotes')
  })

  it('is not updated if it is of the end of the vote', () => {
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
