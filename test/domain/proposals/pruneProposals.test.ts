import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOpen, type Proposal } from '../../../src/domain/proposals/proposal.js'
import { isAged, pruneProposals } from '../../../src/domain/proposals/pruneProposals.js'
import { byKey, contract, proposal, tally, upgradeProposal } from '../../support/builders.js'

const closed = (id: string, timestamp: bigint): Proposal =>
  proposal(id, { status: 'executed', closedAt: { block: 1n, timestamp } })
const idsOf = (keys: readonly string[]): readonly string[] => keys.map((key) => key.replace(`local/${contract}/`, ''))

describe('pruneProposals', () => {
  it('drops what was closed for longer than maxAge', () => {
    const known = byKey(closed('1', 89n), closed('2', 90n), proposal('3'))
    expect(idsOf(pruneProposals(known, 100n, { maxAge: 10_000 }))).toStrictEqual(['1'])
  })

  it('drops the oldest completed proposals beyond maxCount, then the oldest open ones', () => {
    const open = proposal('4', { origin: { block: 9n, hash: '', index: 0 } })
    const known = byKey(proposal('3'), closed('1', 80n), open, closed('2', 70n))
    expect(idsOf(pruneProposals(known, 100n, { maxCount: 3 }))).toStrictEqual(['2'])
    expect(idsOf(pruneProposals(known, 100n, { maxCount: 1 }))).toStrictEqual(['2', '1', '3'])
  })

  it('keeps a proposal that may become an upgrade in a flood of others', () => {
    const at = (block: bigint, parts: Partial<Proposal> = {}): Partial<Proposal> => ({
      origin: { block, hash: '', index: 0 },
      ...parts,
    })
    const drop = (maxCount: number, ...all: readonly Proposal[]): readonly string[] =>
      idsOf(pruneProposals(byKey(...all), 100n, { maxCount }))
    const real = upgradeProposal('real', 'v2', 100, at(1n))
    const flood = [2n, 3n, 4n].map((block) => proposal(String(block), at(block)))
    expect(drop(1, real, ...flood)).toStrictEqual(['2', '3', '4'])

    const planned = [2n, 3n, 4n].map((block) => upgradeProposal(String(block), 'v9', 100, at(block)))
    expect(drop(1, ...planned, real)).toStrictEqual(['4', '3', '2'])
    const late = upgradeProposal('late', 'v2', 100, at(9n, { tally: tally(5n) }))
    expect(drop(1, ...planned, late)).toStrictEqual(['4', '3', '2'])
    const passed = upgradeProposal('passed', 'v2', 100, at(9n, { status: 'passed' }))
    expect(drop(1, late, passed, ...planned)).toStrictEqual(['4', '3', '2', 'late'])
  })

  it('keeps thirty days and 5,000 proposals by default', () => {
    const month = 30n * 86_400n
    expect(idsOf(pruneProposals(byKey(closed('1', 0n), closed('2', 1n)), month + 1n))).toStrictEqual(['1'])
    const many = byKey(...Array.from({ length: 5_001 }, (_, index) => closed(String(index), BigInt(index))))
    expect(idsOf(pruneProposals(many, 5_001n))).toStrictEqual(['0'])
  })

  it('keeps to maxCount, and never drops an open proposal in favour of a completed one', () => {
    const any = fc.array(fc.record({ end: fc.bigInt({ min: 0n, max: 100n }), isOver: fc.boolean() }), { maxLength: 30 })
    fc.assert(
      fc.property(any, fc.integer({ min: 0, max: 30 }), (all, maxCount) => {
        const known = byKey(
          ...all.map(({ end, isOver }, index) => (isOver ? closed(String(index), end) : proposal(String(index)))),
        )
        const dropped = new Set(pruneProposals(known, 100n, { maxCount }))
        const kept = [...known].filter(([key]) => !dropped.has(key))
        expect(kept.length).toBe(Math.min(known.size, maxCount))
        const lostOpen = [...known].some(([key, one]) => dropped.has(key) && isOpen(one))
        expect(lostOpen && kept.some(([, one]) => !isOpen(one))).toBe(false)
      }),
    )
  })
})

describe('isAged', () => {
  it('is false without an end, and up to the exact second', () => {
    expect([undefined, 90n, 89n].map((end) => isAged(end, 100n, { maxAge: 10_000 }))).toStrictEqual([
      false,
      false,
      true,
    ])
  })
})
