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
  it('leaves an open proposal as it is', () => {
    const open = proposal('1')
    expect(deriveProposal(open, at(40))).toBe(open)
  })

  it('gives a timestamp clock its times', () => {
    const { votingStartsAt, votingEndsAt } = deriveProposal(
      proposal('1', { clock: 'timestamp', votingStart: 5n, votingEnd: genesis * 2n }),
      at(40),
    )
    expect([votingStartsAt, votingEndsAt]).toStrictEqual([5n, genesis * 2n])
  })

  it('counts a vote that nobody closes as expired once the timeout is over, by the clock of the chain', () => {
    const open = proposal('1', { votingEnd: 50n })
    expect(deriveProposal(open, at(60, 10_000)).status).toBe('voting')
    expect(deriveProposal(open, at(61, 10_000))).toMatchObject({
      status: 'expired',
      derived: true,
      closedAt: { block: 61n, timestamp: genesis + 50n },
    })
  })

  it('does so for a timestamp clock without an estimate', () => {
    const open = proposal('1', { clock: 'timestamp', votingEnd: genesis + 50n })
    expect(deriveProposal(open, { ...at(61, 10_000), blockTime: { samples: [] } }).status).toBe('expired')
  })

  it('waits where the pace of the chain is not known, and where the end may still be unread', () => {
    const open = proposal('1', { votingEnd: 50n })
    expect(deriveProposal(open, { ...at(1000, 10_000), blockTime: { samples: [] } })).toBe(open)
    expect(deriveProposal(open, { at: block(1000), blockTime: steadyPace(1000) })).toBe(open)
  })

  it('never expires what has passed', () => {
    expect(deriveProposal(proposal('1', { status: 'passed' }), at(1000, 10_000)).status).toBe('passed')
  })

  it('dates the close of a history read late at the end of its vote, of any other at the block', () => {
    expect(deriveProposal(proposal('1', { status: 'executed' }), at(80)).closedAt).toStrictEqual({
      block: 80n,
      timestamp: genesis + 50n,
    })
    expect(deriveProposal(proposal('1', { status: 'canceled' }), at(40)).closedAt).toStrictEqual({
      block: 40n,
      timestamp: genesis + 40n,
    })
  })

  it('keeps the first close, and drops it from what is open again', () => {
    const closedAt = { block: 3n, timestamp: 4n }
    const closed = proposal('1', { status: 'executed', closedAt })
    expect(deriveProposal(closed, at(80))).toBe(closed)
    expect(deriveProposal(proposal('1', { closedAt }), at(40))).not.toHaveProperty('closedAt')
  })
})
