import { describe, expect, it } from 'vitest'
import { type BlockTime, emptyBlockTime } from '../../../src/domain/blocks/blockTime.js'
import { pollPace } from '../../../src/domain/blocks/pollPace.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { block, upgrade } from '../../support/builders.js'

const everySecond: BlockTime = { samples: [block(90), block(100)] }
const at100 = (...all: readonly Upgrade[]) => ({
  head: block(100),
  blockTime: everySecond,
  upgrades: new Map(all.map((one) => [one.key, one])),
})

describe('pollPace', () => {
  it('is the configured interval where nothing is scheduled, or the height is far', () => {
    expect(pollPace(at100(), 30_000)).toBe(30_000)
    expect(pollPace(at100(upgrade('1', 'v2', 1_000)), 30_000)).toBe(30_000)
  })

  it('ends when the height is expected, where that is sooner', () => {
    expect(pollPace(at100(upgrade('1', 'v2', 112)), 30_000)).toBe(12_000)
    expect(pollPace(at100(upgrade('1', 'v2', 112), upgrade('2', 'v3', 105)), 30_000)).toBe(5_000)
  })

  it('is never below a second, and never above the interval', () => {
    expect(pollPace(at100(upgrade('1', 'v2', 101)), 30_000)).toBe(1_000)
    expect(pollPace(at100(upgrade('1', 'v2', 101)), 100)).toBe(100)
  })

  it('does not hurry for a height that is reached or for an upgrade that does not wait', () => {
    expect(pollPace(at100(upgrade('1', 'v2', 100)), 30_000)).toBe(30_000)
    expect(pollPace(at100(upgrade('1', 'v2', 105, { status: 'in_progress' })), 30_000)).toBe(30_000)
  })

  it('does not guess while the block time or the head is unknown', () => {
    expect(pollPace({ ...at100(upgrade('1', 'v2', 105)), blockTime: emptyBlockTime }, 30_000)).toBe(30_000)
    expect(pollPace({ upgrades: new Map(), blockTime: emptyBlockTime }, 30_000)).toBe(30_000)
  })
})
