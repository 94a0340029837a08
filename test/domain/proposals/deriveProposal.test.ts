import { describe, expect, it } from 'vitest'
import { deriveProposal } from '../../../src/domain/proposals/deriveProposal.js'
import { block, genesis, proposal, steadyPace } from '../../support/builders.js'

const day = 86_400_000
const at = (number: number, proposalTimeout = day) => ({
  at: block(number),
  blockTime: steadyPace(number),
  proposalTimeout,
})

describe('deriveProposal', () => {
  it('returns an open proposal as it is', () => {
    const open = proposal('1')
    expect(deriveProposal(open, at(40))).toBe(open)
  })

  it('sets the times of a timestamp clock', () => {
    const { votingStartsAt, votingEndsAt } = deriveProposal(
      proposal('1', { clock: 'timestamp', votingStart: 5n, votingEnd: genesis * 2n }),
      at(40),
    )
    expect([votingStartsAt, votingEndsAt]).toStrictEqual([5n, genesis * 2n])
  })

  it('makes a vote that nobody closes expired after the timeout, in chain time', () => {
    const open = proposal('1', { votingEnd: 50n })
    expect(deriveProposal(open, at(60, 10_000)).status).toBe('voting')
    expect(deriveProposal(open, at(61, 10_000))).toMatchObject({
      status: 'expired',
      derived: true,
      closedAt: { block: 61n, timestamp: genesis + 50n },
    })
  })

  it('makes a vote with a timestamp clock expired without an estimate', () => {
    const open = proposal('1', { clock: 'timestamp', votingEnd: genesis + 50n })
    expect(deriveProposal(open, { ...at(61, 10_000), blockTime: { samples: [] } }).status).toBe('expired')
  })

  it('does not expire a vote without a known pace, or while its end may still be unread', () => {
    const open = proposal('1', { votingEnd: 50n })
    expect(deriveProposal(open, { ...at(1000, 10_000), blockTime: { samples: [] } })).toBe(open)
    expect(deriveProposal(open, { at: block(1000), blockTime: steadyPace(1000) })).toBe(open)
  })

  it('does not expire a vote of which nodes report different ends, because it would not be read again', () => {
    const finding = {
      plan: { name: 'v2', height: 900 },
      origin: 'memo',
      problems: [],
      unsure: 'A node says no.',
    } as const
    const open = proposal('1', { votingEnd: 50n, finding })
    expect(deriveProposal(open, at(1000, 10_000))).toBe(open)
  })

  it('never expires a passed proposal', () => {
    expect(deriveProposal(proposal('1', { status: 'passed' }), at(1000, 10_000)).status).toBe('passed')
  })

  it('dates a close read late at the end of the vote, any other at the block', () => {
    expect(deriveProposal(proposal('1', { status: 'executed' }), at(80)).closedAt).toStrictEqual({
      block: 80n,
      timestamp: genesis + 50n,
    })
    expect(deriveProposal(proposal('1', { status: 'canceled' }), at(40)).closedAt).toStrictEqual({
      block: 40n,
      timestamp: genesis + 40n,
    })
  })

  it('keeps the first close, and removes it from a proposal that is open again', () => {
    const closedAt = { block: 3n, timestamp: 4n }
    const closed = proposal('1', { status: 'executed', closedAt })
    expect(deriveProposal(closed, at(80))).toBe(closed)
    expect(deriveProposal(proposal('1', { closedAt }), at(40))).not.toHaveProperty('closedAt')
  })
})
