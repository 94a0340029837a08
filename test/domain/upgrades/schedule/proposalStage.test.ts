import { describe, expect, it } from 'vitest'
import { isSchedulable } from '../../../../src/domain/upgrades/schedule/proposalStage.js'
import { passed } from './scheduleProposalGiven.js'

describe('isSchedulable', () => {
  it.each([
    ['what passed, where that is enough', passed(), 'passed', true],
    ['what passed, where it is to be executed', passed(), 'executed', false],
    [
      'what waits in a timelock, where it is to be executed',
      passed('v2', 100, { status: 'queued' }),
      'executed',
      false,
    ],
    ['what is executed', passed('v2', 100, { status: 'executed' }), 'executed', true],
    ['what the chain has carried out', passed('v2', 100, { carriedOut: true }), 'executed', true],
    ['what a contract announces: nobody executes it', passed('v2', 100, { announced: true }), 'executed', true],
    ['an announcement that is off', passed('v2', 100, { announced: true, status: 'canceled' }), 'passed', false],
    ['what is not understood', passed('v2', 100, { notUnderstood: 'Words.' }), 'passed', false],
  ] as const)('of %s', (_, proposal, scheduleOn, expected) => {
    expect(isSchedulable(proposal, { scheduleOn })).toBe(expected)
  })
})
