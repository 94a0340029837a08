import { describe, expect, it } from 'vitest'
import { findPlanOf, planHolders } from '../../../src/monitor/chain/findPlanOf.js'
import { proposal } from '../../support/storeGiven.js'

describe('findPlanOf', () => {
  it('takes the plan of the library user, with what is wrong with it', () => {
    const find = findPlanOf({ plans: [] }, ({ id }) => (id === '1' ? { name: 'v2', height: -1 } : undefined))

    expect(find(proposal('1'))).toStrictEqual({
      plan: { name: 'v2', height: -1 },
      origin: 'library',
      problems: ["The plan's height -1 is not above 0."],
    })
    expect(find(proposal('2'))).toBeUndefined()
  })

  it('makes what the library user throws a problem of that proposal, in one line', () => {
    const find = findPlanOf({ plans: [] }, ({ title }) => {
      throw new SyntaxError(`Unexpected token in\n${title}`)
    })

    expect(find(proposal('1'))).toMatchObject({
      origin: 'library',
      problems: ['extractPlan failed: Unexpected token in Proposal 1'],
    })
  })

  it("adds the operator's plan to the proposal it names, of the contract it names", () => {
    const plan = { proposal: '1', name: 'v2', height: 100 }
    const find = findPlanOf({ plans: [{ ...plan, contract: '0xC0FFEE' }] })

    expect(find(proposal('1'))).toMatchObject({ plan: { name: 'v2', height: 100 }, origin: 'operator' })
    expect(find(proposal('1', { contract: '0xbeef' }))).toBeUndefined()
    expect(find(proposal('2'))).toBeUndefined()
    expect(findPlanOf({ plans: [plan] })(proposal('1', { contract: '0xbeef' }))).toMatchObject({ origin: 'operator' })
  })
})

describe('planHolders', () => {
  it("are the proposals that the operator's plans name, or all that may be carried out where a library user looks", () => {
    const plans = [{ proposal: '1', name: 'v2', height: 100 }]

    expect(planHolders({ plans })).toStrictEqual([{ id: '1' }])
    expect(planHolders({ plans }, () => undefined)).toStrictEqual([
      { status: 'passed' },
      { status: 'queued' },
      { status: 'executed' },
    ])
  })
})
