import { describe, expect, it } from 'vitest'
import { type BlockTime, emptyBlockTime } from '../../../src/domain/blocks/blockTime.js'
import { headPeriod } from '../../../src/domain/blocks/headPeriod.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { block, upgrade } from '../../support/builders.js'

const everySecond: BlockTime = { samples: [block(90), block(100)] }
const at100 = (...all: readonly Upgrade[]) => ({
  head: block(100),
  blockTime: everySecond,
  upgrades: new Map(all.map((one) => [one.key, one])),
})

describe('headPeriod', () => {
  it('is the configured interval if nothing is scheduled or the height is far', () => {
    expect(headPeriod(at100(), 30_000)).toBe(30_000)
    expect(headPeriod(at100(upgrade('1', 'v2', 1_000)), 30_000)).toBe(30_000)
  })

  it('is half of the time left if the interval is longer', () => {
    expect(headPeriod(at100(upgrade('1', 'v2', 148)), 30_000)).toBe(24_000)
    expect(headPeriod(at100(upgrade('1', 'v2', 1_000)), 3_600_000)).toBe(450_000)
  })

  it('is a second if the height is near, and never above the interval', () => {
    expect(headPeriod(at100(upgrade('1', 'v2', 130)), 30_000)).toBe(1_000)
    expect(headPeriod(at100(upgrade('1', 'v2', 101)), 30_000)).toBe(1_000)
    expect(headPeriod(at100(upgrade('1', 'v2', 101)), 100)).toBe(100)
  })

  it('uses the nearest of several heights', () => {
    expect(headPeriod(at100(upgrade('1', 'v2', 148), upgrade('2', 'v3', 140)), 30_000)).toBe(20_000)
  })

  it('is the interval for a height that is reached or an upgrade that does not wait', () => {
    expect(headPeriod(at100(upgrade('1', 'v2', 100)), 30_000)).toBe(30_000)
    expect(headPeriod(at100(upgrade('1', 'v2', 105, { status: 'in_progress' })), 30_000)).toBe(30_000)
  })

  it('is the interval while the block time or the head is unknown', () => {
    expect(headPeriod({ ...at100(upgrade('1', 'v2', 105)), blockTime: emptyBlockTime }, 30_000)).toBe(30_000)
    expect(headPeriod({ upgrades: new Map(), blockTime: emptyBlockTime }, 30_000)).toBe(30_000)
  })
})
