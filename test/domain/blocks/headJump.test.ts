import { describe, expect, it } from 'vitest'
import { emptyBlockTime } from '../../../src/domain/blocks/blockTime.js'
import { isHeadJump } from '../../../src/domain/blocks/headJump.js'
import { block, steadyPace } from '../../support/builders.js'

const known = { head: block(100), lastGoodAt: 100_000, blockTime: steadyPace(100) }

describe('isHeadJump', () => {
  it.each([
    ['accepts the pace of the chain', 130, 130_000, known, false],
    ['accepts twice the pace plus a burst', 176, 130_000, known, false],
    ['reports more than twice the pace plus a burst', 177, 130_000, known, true],
    ['reports an absurd number', 2 ** 40, 130_000, known, true],
    ['accepts a burst while no time passed', 116, 100_000, known, false],
    ['accepts a jump after suspend, when time has passed', 30_000, 30_000_000, known, false],
    ['accepts a head that does not move', 100, 130_000, known, false],
    ['accepts a head that goes back', 90, 130_000, known, false],
    ['reports a jump if the pace is not known', 117, 9_000_000, { ...known, blockTime: emptyBlockTime }, true],
    ['reports a jump if the host clock was set back', 117, 0, known, true],
    ['reports a jump at the very first head', 5, 130_000, { blockTime: emptyBlockTime }, true],
  ])('%s', (_, number, now, before, expected) => {
    expect(isHeadJump(block(number), before, now)).toBe(expected)
  })
})
