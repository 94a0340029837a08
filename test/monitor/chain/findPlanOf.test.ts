import { describe, expect, it } from 'vitest'
import { findPlanOf } from '../../../src/monitor/chain/findPlanOf.js'
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
})
