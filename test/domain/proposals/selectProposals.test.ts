import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../src/domain/proposals/proposal.js'
import { selectProposals, statisticsOf } from '../../../src/domain/proposals/selectProposals.js'
import { byKey, proposal, tally } from '../../support/builders.js'

const known = byKey(
  proposal('1', { status: 'executed', type: 'upgrade', tally: tally(1n, { turnout: 0.5 }) }),
  proposal('2', { status: 'submitted', type: 'text', tally: tally(0n, { turnout: 0 }) }),
  proposal('3', { chain: 'other', status: 'rejected', type: 'text', tally: tally(0n, { turnout: 0.1 }) }),
  proposal('4', { status: 'voting', type: 'upgrade' }),
  proposal('5', { status: 'passed', type: 'upgrade' }),
)

describe('selectProposals', () => {
  it.each([
    ['all, in the order in which they became known', undefined, ['1', '2', '3', '4', '5']],
    ['the active', { active: true }, ['2', '4']],
    ['the completed', { active: false }, ['1', '3', '5']],
    ['one by its id', { id: '3' }, ['3']],
    ['by status', { status: 'passed' }, ['5']],
    ['by type', { type: 'upgrade' }, ['1', '4', '5']],
    ['by chain', { chain: 'other' }, ['3']],
    ['those that match every condition', { type: 'upgrade', active: true }, ['4']],
    ['nothing', { id: '6' }, []],
  ] as const)('returns %s', (_, filter, ids) => {
    expect(selectProposals(known, filter).map(({ id }) => id)).toStrictEqual(ids)
  })
})

describe('statisticsOf', () => {
  it('counts by status and type, with the mean turnout of completed proposals', () => {
    expect(statisticsOf(known)).toStrictEqual({
      total: 5,
      active: 2,
      completed: 3,
      byStatus: { executed: 1, submitted: 1, rejected: 1, voting: 1, passed: 1 },
      byType: { upgrade: 3, text: 2 },
      meanTurnout: 0.3,
    })
  })

  it('omits an unknown turnout', () => {
    const [first] = known.values()
    expect(statisticsOf(new Map([[keyOf(first!), proposal('1', { status: 'executed' })]]))).not.toHaveProperty(
      'meanTurnout',
    )
  })
})
