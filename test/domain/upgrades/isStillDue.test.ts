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
const busy = (state: ChainState): ChainState => ({ ...state, health: { ...state.health, backlog: 3n } })

describe('isStillDue', () => {
  it.each([
    ['as before', stateOf(100, v2), true],
    ['later', stateOf(130, v2), true],
    ['held up by the file', stateOf(100, { ...v2, status: 'refused', blocked: true }), true],
    ['cancelled', stateOf(100, { ...v2, status: 'cancelled' }), false],
    ['written by now', stateOf(100, { ...v2, status: 'in_progress' }), false],
    ['forgotten', stateOf(100), false],
    ['at another height', stateOf(100, { ...v2, height: 110 }), false],
    ['with another checksum', stateOf(100, { ...v2, info: { sum: 'b' } }), false],
    ['above a head that a reorg took back', stateOf(99, v2), false],
    ['in a backlog', busy(stateOf(100, v2)), false],
    [
      'while an answer about its proposal is not understood',
      { ...stateOf(100, v2), proposals: byKey(proposal('1', { notUnderstood: 'state 9' })) },
      false,
    ],
    [
      'behind a lower plan that came in at the same block',
      stateOf(100, { ...v2, height: 101 }, upgrade('2', 'v1', 100)),
      false,
    ],
  ])('%s', (_, state, expected) => {
    expect(isStillDue(v2, 100n, state)).toBe(expected)
  })
  it('no more, written ahead, once a plan comes in that is due before it', () => {
    const lower = upgrade('2', 'v1', 90)
    expect(isStillDue(v2, 50n, stateOf(60, v2))).toBe(true)
    expect(isStillDue(v2, 50n, stateOf(60, v2, lower))).toBe(false)
    expect(isStillDue(v2, 50n, stateOf(100, v2, lower))).toBe(true)
  })
})
