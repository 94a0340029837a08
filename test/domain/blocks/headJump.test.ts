import { describe, expect, it } from 'vitest'
import { emptyBlockTime } from '../../../src/domain/blocks/blockTime.js'
import { isHeadJump } from '../../../src/domain/blocks/headJump.js'
import { block, steadyPace } from '../../support/builders.js'

const known = { head: block(100), lastGoodAt: 100_000, blockTime: steadyPace(100) }

describe('isHeadJump', () => {
  it.each([
    ['the pace of the chain', 130, 130_000, known, false],
    ['twice the pace, and a burst', 176, 130_000, known, false],
    ['more than that', 177, 130_000, known, true],
    ['an absurd number', 2 ** 40, 130_000, known, true],
    ['a burst while no time went by', 116, 100_000, known, false],
    ['a laptop that woke: time went by', 30_000, 30_000_000, known, false],
    ['a head that stands', 100, 130_000, known, false],
    ['a head that goes back', 90, 130_000, known, false],
    ['a pace that is not known', 117, 9_000_000, { ...known, blockTime: emptyBlockTime }, true],
    ['a host clock that stepped back', 117, 0, known, true],
    ['the very first head', 5, 130_000, { blockTime: emptyBlockTime }, true],
  ])('%s', (_, number, now, before, expected) => {
    expect(isHeadJump(block(number), before, now)).toBe(expected)
  })
})
