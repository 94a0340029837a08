import { describe, expect, it } from 'vitest'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import type { Ballot } from '../../../../src/sources/governance/wemix/decode.js'
import { buildProposals } from '../../../../src/sources/governance/wemix/buildProposals.js'
import { statusOf, tallyOf } from '../../../../src/sources/governance/wemix/toProposal.js'
import { block } from '../../../support/builders.js'
import { someone, basic, contracts } from './ballotGiven.js'

describe('a ballot in an unknown state', () => {
  it('keeps its status, is marked, and causes one warning', () => {
    const counts = { ballots: 2n, votes: 0n, voting: 0n, threshold: 5_001n }
    const added = [
      { id: 1n, ballot: basic({ state: 9n }), payload: {} },
      { id: 2n, ballot: basic(), payload: {} },
    ]
    const settled = buildProposals(
      { at: block(1), contracts, counts, open: [], followed: [], added },
      { chain: 'local', describe: (raw) => describeProposal(raw, []) },
      new Map(),
    )
    expect(settled.warnings).toStrictEqual([
      `${someone} answers state 9 for proposal 1, which is not understood: it stays submitted, and nothing is acted on.`,
    ])
    expect(settled.proposals).toMatchObject([{ id: '1', status: 'submitted', notUnderstood: 'state 9' }, { id: '2' }])
    const followed = [{ id: 1n, ballot: basic({ state: 9n }), payload: {} }]
    const again = buildProposals(
      { at: block(2), contracts, counts, open: settled.proposals, followed, added: [] },
      { chain: 'local', describe: (raw) => describeProposal(raw, []) },
      new Map(),
    )
    expect(again.warnings).toStrictEqual([])
  })
})

describe('the status of a ballot', () => {
  const at = { timestamp: 1_000n }
  it.each<readonly [string, Partial<Ballot>, ReturnType<typeof statusOf>]>([
    ['Ready', { state: 1n }, { status: 'submitted', derived: false }],
    ['InProgress up to its last second', { state: 2n, endTime: 1_000n }, { status: 'voting', derived: false }],
    ['InProgress after it', { state: 2n, endTime: 999n }, { status: 'expired', derived: true }],
    ['Accepted', { state: 3n, isFinalized: true }, { status: 'executed', derived: false }],
    ['Accepted but not final, so its plan does not count', { state: 3n }, { status: 'voting', derived: false }],
    ['Rejected', { state: 4n, accepts: 5_000n }, { status: 'rejected', derived: false }],
    ['Rejected with enough accepts', { state: 4n, accepts: 5_001n }, { status: 'failed', derived: false }],
    ['Canceled, which is never final', { state: 5n }, { status: 'canceled', derived: false }],
    ['Invalid', { state: 0n }, undefined],
    ['an unknown state', { state: 6n }, undefined],
  ])('is right for %s', (_what, parts, expected) => {
    expect(statusOf(basic(parts), 5_001n, at)).toStrictEqual(expected)
  })

  it('requires 5001 of 10000 to meet the threshold', () => {
    expect(tallyOf(basic({ state: 2n, accepts: 5_000n }), 5_001n)?.thresholdMet).toBe(false)
    expect(tallyOf(basic({ state: 2n, accepts: 5_001n }), 5_001n)?.thresholdMet).toBe(true)
  })
})
