import { describe, expect, it } from 'vitest'
import { isSchedulable } from '../../../../src/domain/upgrades/schedule/proposalStage.js'
import { passed } from './scheduleProposalGiven.js'

describe('isSchedulable', () => {
  it.each([
    ['a passed proposal with scheduleOn: passed is true', passed(), 'passed', true],
    ['a passed proposal with scheduleOn: executed is false', passed(), 'executed', false],
    [
      'a queued proposal with scheduleOn: executed is false',
      passed('v2', 100, { status: 'queued' }),
      'executed',
      false,
    ],
    ['an executed proposal is true', passed('v2', 100, { status: 'executed' }), 'executed', true],
    ['a plan that the chain itself holds is true', passed('v2', 100, { carriedOut: true }), 'executed', true],
    ['an announcement, which nobody executes, is true', passed('v2', 100, { announced: true }), 'executed', true],
    ['a cancelled announcement is false', passed('v2', 100, { announced: true, status: 'canceled' }), 'passed', false],
    ['a proposal in an unknown state is false', passed('v2', 100, { notUnderstood: 'Words.' }), 'passed', false],
  ] as const)('for %s', (_, proposal, scheduleOn, expected) => {
    expect(isSchedulable(proposal, { scheduleOn })).toBe(expected)
  })
})
