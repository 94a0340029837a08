import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../../src/domain/chainState.js'
import { isStillDue } from '../../../src/domain/upgrades/isStillDue.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { newChain } from '../../../src/domain/newChain.js'
import { block, byKey, proposal, queued, upgrade } from '../../support/builders.js'

const v2 = upgrade('1', 'v2', 100, { info: { sum: 'a' } })
const stateOf = (head: number, ...upgrades: readonly Upgrade[]): ChainState => ({
  ...newChain('local', 0),
  head: block(head),
  upgrades: queued(...upgrades),
})
const busy = (state: ChainState): ChainState => ({ ...state, health: { ...state.health, backlog: 1n } })

describe('isStillDue', () => {
  it.each([
    ['returns true for the same state', stateOf(100, v2), true],
    ['returns true at a later head', stateOf(130, v2), true],
    ['returns true if the file blocks it', stateOf(100, { ...v2, status: 'refused', blocked: true }), true],
    ['returns false once cancelled', stateOf(100, { ...v2, status: 'cancelled' }), false],
    ['returns false once in progress', stateOf(100, { ...v2, status: 'in_progress' }), false],
    ['returns false once removed from the state', stateOf(100), false],
    ['returns false before a head is known', { ...newChain('local', 0), upgrades: queued(v2) }, false],
    ['returns false with another name', stateOf(100, { ...v2, name: 'v3' }), false],
    [
      'returns true without a file, also behind a lower plan',
      stateOf(100, { ...v2, unwritten: true }, upgrade('2', 'v1', 90)),
      true,
    ],
    [
      'returns false for one without a file that is in progress',
      stateOf(100, { ...v2, unwritten: true, status: 'in_progress' }),
      false,
    ],
    ['returns true if a lower plan is over', stateOf(100, v2, upgrade('2', 'v1', 100, { status: 'cancelled' })), true],
    ['returns false at another height', stateOf(100, { ...v2, height: 110 }), false],
    ['returns false with another checksum', stateOf(100, { ...v2, info: { sum: 'b' } }), false],
    ['returns false if a reorg put the head below its height', stateOf(99, v2), false],
    ['returns false while there is a backlog', busy(stateOf(100, v2)), false],
    [
      'returns false while the state of its proposal is not understood',
      { ...stateOf(100, v2), proposals: byKey(proposal('1', { notUnderstood: 'state 9' })) },
      false,
    ],
    [
      'returns false behind a lower plan from the same block',
      stateOf(100, { ...v2, height: 101 }, upgrade('2', 'v1', 100)),
      false,
    ],
  ])('%s', (_, state, expected) => {
    expect(isStillDue(v2, 100n, state)).toBe(expected)
  })
  it('returns false for a plan written ahead once a lower plan is due before it', () => {
    const lower = upgrade('2', 'v1', 90)
    expect(isStillDue(v2, 50n, stateOf(60, v2))).toBe(true)
    expect(isStillDue(v2, 50n, stateOf(60, v2, lower))).toBe(false)
    expect(isStillDue(v2, 50n, stateOf(100, v2, lower))).toBe(true)
  })
})
