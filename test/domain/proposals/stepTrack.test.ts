import { describe, expect, it } from 'vitest'
import type { Proposal, ProposalKey } from '../../../src/domain/proposals/proposal.js'
import { stepTrack } from '../../../src/domain/proposals/stepTrack.js'
import { byKey, change, proposal, vote } from '../../support/builders.js'

const one = proposal('1')
const passed = proposal('1', { status: 'passed' })

describe('stepTrack', () => {
  const known: ReadonlyMap<ProposalKey, Proposal> = byKey(one)

  it('keeps the latest snapshot of a proposal, and drops those removed by a reorg', () => {
    const moved = change({ type: 'statusMoved', proposal: passed, from: 'voting' })
    const appeared = change({ type: 'proposalAppeared', proposal: proposal('2'), backfill: false })
    expect(stepTrack(known, [appeared, moved])).toStrictEqual(byKey(passed, proposal('2')))
    const retracted = change({ type: 'proposalRetracted', proposal: passed })
    expect(stepTrack(known, [appeared, moved, retracted])).toStrictEqual(byKey(proposal('2')))
  })

  it('returns the same map if no proposal changed', () => {
    expect(stepTrack(known, [])).toBe(known)
    expect(stepTrack(known, [change({ type: 'voteCast', vote: vote('1', 5) })])).toBe(known)
  })

  it('does not change the given map', () => {
    expect(stepTrack(known, [change({ type: 'proposalRetracted', proposal: one })]).size).toBe(0)
    expect(known.size).toBe(1)
  })
})
