import { describe, expect, it } from 'vitest'
import type { Vote } from '../../src/domain/proposals/proposal.js'
import { type PageContent, pageView } from '../../src/views/pageView.js'
import { notification, proposal, upgrade } from '../support/storeGiven.js'

const nothing: PageContent = {
  at: 1_800_000_000_000,
  chains: [],
  upgrades: [],
  proposals: [],
  mostNamed: 100,
  past: [],
  notifications: [],
  failed: [],
  waiting: [],
  trail: [],
}

function vote(voter: string, over: Partial<Vote> = {}): Vote {
  const { chain, contract, id } = proposal('1')
  return { chain, contract, id, voter, choice: 'yes', weight: 1n, reason: '', block: 1n, index: 0, ...over }
}

const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)

/** The vote of a proposal as shown, with these votes and this attendance. */
function shown(votes: readonly Vote[], attendance?: { voted: readonly string[]; missing: readonly string[] }): unknown {
  const voted = proposal('1', attendance === undefined ? {} : { attendance })
  const voters = [...new Set(votes.map(({ voter }) => voter))]
  const { proposals } = pageView({ ...nothing, proposals: [{ proposal: voted, estimated: false, votes, voters }] })
  return Array.isArray(proposals) ? proposals[0] : undefined
}

describe('a vote on the page', () => {
  it('lists voters with their last choice, and then those only known to have voted', () => {
    const votes = [
      vote('0xA', { choice: 'no' }),
      vote('0xB', { weight: 2n ** 70n }),
      vote('0xA', { reason: 'Better.' }),
    ]
    expect(shown(votes, { voted: ['0xa', '0xb', '0xc'], missing: ['0xd'] })).toMatchObject({
      key: 'local/0xc0ffee/1',
      votes: [
        { voter: '0xA', choice: 'yes', weight: '1', reason: 'Better.' },
        { voter: '0xB', choice: 'yes', weight: '1180591620717411303424', reason: '' },
        { voter: '0xc', choice: 'voted', weight: '0', reason: '' },
      ],
      moreVotes: 0,
      missing: ['0xd'],
      moreMissing: 0,
    })
  })

  it('has no missing voters if the chain has no list', () => {
    expect(shown([vote('0xa')])).toMatchObject({ missing: null, moreMissing: 0, moreVotes: 0 })
  })

  it.each([
    ['all votes were seen', 3_000, 0, [100, 2_900]],
    ['no vote was seen', 0, 3_000, [100, 2_900]],
    ['some were', 60, 3_000, [100, 2_960]],
  ])('lists a hundred of a council of thousands, and counts the others, if %s', (_when, seen, told, [most, more]) => {
    const votes = names('0xseen', seen).map((voter) => vote(voter))
    expect(shown(votes, { voted: names('0xtold', told), missing: names('0xaway', 4_000) })).toMatchObject({
      votes: { length: most },
      moreVotes: more,
      missing: { length: 100 },
      moreMissing: 3_900,
    })
  })
})

describe('the page', () => {
  it('has the earliest and latest time of a height, and null if the pace is unknown', () => {
    const samples = [
      { number: 0n, timestamp: 0n },
      { number: 50n, timestamp: 500n },
      { number: 100n, timestamp: 1_000n },
    ]
    const head = { number: 100n, hash: '0x64', parentHash: '0x63', timestamp: 1_000n }
    const planned = upgrade('8', { height: 160 })
    const { upgrades } = pageView({
      ...nothing,
      upgrades: [
        { upgrade: planned, pace: { head, blockTime: { samples } } },
        { upgrade: planned, pace: { head, blockTime: { samples: [] } } },
        { upgrade: planned, pace: undefined },
      ],
    })
    const moment = '1970-01-01T00:26:40.000Z'
    expect(upgrades).toMatchObject([{ band: { earliest: moment, latest: moment } }, { band: null }, { band: null }])
  })

  it('has a point for each closed vote with a known end and turnout', () => {
    const tally = { yes: 1n, no: 0n, abstain: 0n, unit: 'votes' }
    const over = [
      proposal('1', { votingEndsAt: 60n, tally: { ...tally, turnout: 0.25 } }),
      proposal('2', { votingEndsAt: 60n, tally }),
      proposal('3', { tally: { ...tally, turnout: 0.5 } }),
      proposal('4', { votingEndsAt: 60n, tally: { ...tally, turnout: Number.NaN } }),
    ]
    const { participation } = pageView({ ...nothing, past: over.map((one) => ({ proposal: one, estimated: false })) })
    expect(participation).toStrictEqual([
      { at: '1970-01-01T00:01:00.000Z', chain: 'local', id: '1', title: 'Proposal 1', turnout: 0.25 },
    ])
  })

  it('lists deliveries separately from the trail, under the title of the notification', () => {
    const entry = { at: 60_000, chain: 'local' }
    const { deliveries, trail } = pageView({
      ...nothing,
      notifications: [notification('a', { title: 'New vote' })],
      trail: [
        { ...entry, seq: 3, kind: 'delivery', detail: { handler: 'webhook', id: 'a', result: 'delivered' } },
        { ...entry, seq: 2, kind: 'delivery', detail: { handler: 'log', id: 'gone', result: 'delivered' } },
        { ...entry, seq: 1, kind: 'change', detail: { type: 'proposed' } },
      ],
    })
    expect(deliveries).toMatchObject([
      { seq: 3, handler: 'webhook', title: 'New vote', reason: '' },
      { seq: 2, handler: 'log', title: 'gone' },
    ])
    expect(trail).toMatchObject([{ seq: 1, kind: 'change' }])
  })
})
