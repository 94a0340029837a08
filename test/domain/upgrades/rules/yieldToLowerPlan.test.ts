import { describe, expect, it } from 'vitest'
import { movesToLowerPlan } from '../../../../src/domain/upgrades/rules/yieldToLowerPlan.js'
import { block, genesis, queued, upgrade } from '../../../support/builders.js'

const written = upgrade('2', 'v3', 110, { writtenAt: genesis })

describe('movesToLowerPlan', () => {
  it('marks a file written ahead of a lower plan as not written, silently', () => {
    const lower = upgrade('1', 'v2', 100)
    expect(movesToLowerPlan(queued(written, lower), block(50))).toStrictEqual([
      { type: 'rescheduled', upgrade: upgrade('2', 'v3', 110), time: genesis + 50n, silent: true, before: written },
    ])
  })

  it.each([
    ['its plan comes next', [written]],
    ['the lower plan is passed', [written, upgrade('1', 'v2', 40)]],
    ['the lower plan is cancelled', [written, upgrade('1', 'v2', 100, { status: 'cancelled' })]],
    ['the other plan is higher', [written, upgrade('1', 'v4', 120)]],
  ])('leaves the file if %s', (_, all) => {
    expect(movesToLowerPlan(queued(...all), block(50))).toStrictEqual([])
  })

  it('leaves the file once its own height is near or reached, if the other plan is higher', () => {
    const next = upgrade('1', 'v4', 120)
    expect([109, 110, 115].map((head) => movesToLowerPlan(queued(written, next), block(head)))).toStrictEqual([
      [],
      [],
      [],
    ])
  })
})
