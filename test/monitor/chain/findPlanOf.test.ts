import { describe, expect, it } from 'vitest'
import { findPlanOf, planHolders } from '../../../src/monitor/chain/findPlanOf.js'
import { proposal } from '../../support/storeGiven.js'

describe('findPlanOf', () => {
  it('takes the plan of extractPlan, with its problems', () => {
    const find = findPlanOf({ plans: [] }, ({ id }) => (id === '1' ? { name: 'v2', height: -1 } : undefined))

    expect(find(proposal('1'))).toStrictEqual({
      plan: { name: 'v2', height: -1 },
      origin: 'library',
      problems: ["The plan's height -1 is not above 0."],
    })
    expect(find(proposal('2'))).toBeUndefined()
  })

  it('reports an error of extractPlan as a problem of that proposal, in one line', () => {
    const find = findPlanOf({ plans: [] }, ({ title }) => {
      throw new SyntaxError(`Unexpected token in\n${title}`)
    })

    expect(find(proposal('1'))).toMatchObject({
      origin: 'library',
      problems: ['extractPlan failed: Unexpected token in Proposal 1'],
    })
  })

  it('binds the plan of the operator to the proposal with its id and contract', () => {
    const plan = { proposal: '1', name: 'v2', height: 100 }
    const find = findPlanOf({ plans: [{ ...plan, contract: '0xC0FFEE' }] })

    expect(find(proposal('1'))).toMatchObject({ plan: { name: 'v2', height: 100 }, origin: 'operator' })
    expect(find(proposal('1', { contract: '0xbeef' }))).toBeUndefined()
    expect(find(proposal('2'))).toBeUndefined()
    expect(findPlanOf({ plans: [plan] })(proposal('1', { contract: '0xbeef' }))).toMatchObject({ origin: 'operator' })
  })
})

describe('planHolders', () => {
  it('are the proposals that plans of the operator name, or all passed ones when extractPlan is given', () => {
    const plans = [{ proposal: '1', name: 'v2', height: 100 }]

    expect(planHolders({ plans })).toStrictEqual([{ id: '1' }])
    expect(planHolders({ plans }, () => undefined)).toStrictEqual([
      { status: 'passed' },
      { status: 'queued' },
      { status: 'executed' },
    ])
  })
})
