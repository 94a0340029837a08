import { describe, expect, it } from 'vitest'
import { compareProposals } from '../../../src/domain/proposals/compareProposals.js'
import { hashOf, proposal, tally, upgradeProposal } from '../../support/builders.js'

const before = upgradeProposal('1', 'v2', 100, { tally: tally(1n) })

describe('compareProposals', () => {
  it('returns no change for the same proposal', () => {
    expect(compareProposals(before, before)).toStrictEqual([])
    expect(compareProposals(before, structuredClone(before))).toStrictEqual([])
  })

  it('returns no change for a height of NaN', () => {
    const odd = upgradeProposal('1', 'v2', NaN)
    expect(compareProposals(odd, structuredClone(odd))).toStrictEqual([])
  })

  it('returns no change for another block it was read at', () => {
    expect(compareProposals(before, { ...before, readAt: 99n })).toStrictEqual([])
  })

  it('returns proposalAppeared at first sight', () => {
    expect(compareProposals(undefined, before)).toStrictEqual([
      { type: 'proposalAppeared', proposal: before, backfill: false },
    ])
  })

  it.each([
    ['tallyMoved', { tally: tally(2n) }],
    ['tallyMoved', { tally: tally(1n, { quorumReached: true }) }],
    ['scheduleMoved', { votingEnd: 60n }],
    ['planEdited', { finding: { plan: { name: 'v3', height: 100 }, origin: 'call', problems: [] } }],
    ['planEdited', { finding: { plan: { name: 'v2', height: 100, info: { a: 1 } }, origin: 'call', problems: [] } }],
    ['planEdited', { finding: { plan: { name: 'v2', height: 100 }, origin: 'call', problems: ['Two plans.'] } }],
    ['statusMoved', { status: 'passed' }],
    ['detailsRead', { title: 'Other' }],
    ['detailsRead', { submittedAt: 5n }],
    ['detailsRead', { derived: true }],
    ['detailsRead', { origin: { block: 1n, hash: hashOf(1n, 1), index: 1 } }],
  ] as const)('returns %s', (type, parts) => {
    expect(compareProposals(before, { ...before, ...parts }).map((kind) => kind.type)).toStrictEqual([type])
  })

  it('includes the former values', () => {
    const after = {
      ...before,
      tally: tally(3n),
      votingEnd: 60n,
      status: 'passed' as const,
      finding: { ...before.finding!, plan: { name: 'v3', height: 9 } },
    }
    expect(compareProposals(before, after)).toStrictEqual([
      { type: 'tallyMoved', proposal: after, from: before.tally, fromStatus: 'voting' },
      { type: 'scheduleMoved', proposal: after, from: 50n },
      { type: 'planEdited', proposal: after, from: { name: 'v2', height: 100 } },
      { type: 'statusMoved', proposal: after, from: 'voting' },
    ])
  })

  it('orders the start of a vote before its tally, and the tally before its end', () => {
    const submitted = { ...before, status: 'submitted' as const }
    const types = (status: 'voting' | 'passed') =>
      compareProposals(submitted, { ...before, status, tally: tally(3n) }).map(({ type }) => type)
    expect(types('voting')).toStrictEqual(['statusMoved', 'tallyMoved'])
    expect(types('passed')).toStrictEqual(['tallyMoved', 'statusMoved'])
  })

  it('returns no change for an info with its keys in another order', () => {
    const a = proposal('1', {
      finding: { plan: { name: 'v', height: 1, info: { x: 1, y: 2 } }, origin: 'call', problems: [] },
    })
    const b = proposal('1', {
      finding: { plan: { name: 'v', height: 1, info: { y: 2, x: 1 } }, origin: 'call', problems: [] },
    })
    expect(compareProposals(a, b)).toStrictEqual([])
  })
})
