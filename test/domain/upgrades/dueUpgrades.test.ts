import { describe, expect, it } from 'vitest'
import { dueUpgrades } from '../../../src/domain/upgrades/dueUpgrades.js'
import { type PlanOptions, resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { block, genesis, queued, upgrade } from '../../support/builders.js'

const due = (head: number, all: readonly Upgrade[], options: PlanOptions = {}, hostTime = 0): readonly string[] =>
  dueUpgrades(
    queued(...all),
    { head: block(head), hostTime },
    resolvePlanOptions({ minUpgradeDelay: 0, ...options }),
  ).map(({ name }) => name)

const v2 = upgrade('1', 'v2', 100)
const v3 = upgrade('2', 'v3', 110)
const underWay: Upgrade = { ...v2, status: 'in_progress' }

describe('dueUpgrades', () => {
  it('returns an upgrade from its height on', () => {
    expect([99, 100, 250].map((head) => due(head, [v2]))).toStrictEqual([[], ['v2'], ['v2']])
  })

  it('returns an unwritten upgrade leadBlocks before its height, a written one at its height', () => {
    expect([94, 95].map((head) => due(head, [v2], { leadBlocks: 5 }))).toStrictEqual([[], ['v2']])
    const written = { ...v2, writtenAt: genesis }
    expect([95, 99, 100].map((head) => due(head, [written], { leadBlocks: 5 }))).toStrictEqual([[], [], ['v2']])
  })

  it('returns an upgrade at once and again at its height with when: on-schedule', () => {
    expect(due(1, [v2], { when: 'on-schedule' })).toStrictEqual(['v2'])
    expect([99, 100].map((head) => due(head, [{ ...v2, writtenAt: genesis }], { when: 'on-schedule' }))).toStrictEqual([
      [],
      ['v2'],
    ])
  })

  it('ignores leadBlocks with when: never', () => {
    expect(due(99, [v2], { when: 'never', leadBlocks: 50 })).toStrictEqual([])
  })

  it('waits for minUpgradeDelay since the scheduling, in chain time', () => {
    const late = { ...v2, scheduledAt: genesis + 95n }
    expect([100, 104, 105].map((head) => due(head, [late], { minUpgradeDelay: 10_000 }))).toStrictEqual([
      [],
      [],
      ['v2'],
    ])
    expect(
      [94, 104, 105].map((head) => due(head, [late], { minUpgradeDelay: 10_000, when: 'on-schedule' })),
    ).toStrictEqual([[], [], ['v2']])
  })

  it('ends minUpgradeDelay by the host clock if the chain has halted at the height', () => {
    const late = { ...v2, scheduledAt: genesis + 100n, noticedAt: 5_000 }
    expect(
      [5_000, 14_999, 15_000].map((hostTime) => due(100, [late], { minUpgradeDelay: 10_000 }, hostTime)),
    ).toStrictEqual([[], [], ['v2']])
  })

  it('returns the lowest height first, within maxConcurrentUpgrades', () => {
    expect(due(200, [v3, v2])).toStrictEqual(['v2'])
    expect(due(200, [v3, v2], { maxConcurrentUpgrades: 2 })).toStrictEqual(['v2', 'v3'])
    expect(due(200, [v3, underWay])).toStrictEqual([])
    expect(due(200, [v3, underWay], { maxConcurrentUpgrades: 2 })).toStrictEqual(['v3'])
    // The maximum was lowered while two were in progress.
    const other: Upgrade = { ...upgrade('4', 'v1', 90), status: 'in_progress' }
    expect(due(200, [v3, upgrade('3', 'v4', 120), underWay, other])).toStrictEqual([])
  })

  it('returns the first of two at one height, and the other once the head is past it', () => {
    const twin = upgrade('2', 'v3', 100)
    const both = { maxConcurrentUpgrades: 2 }
    expect([100, 101].map((head) => due(head, [v2, twin], both))).toStrictEqual([['v2'], ['v2', 'v3']])
  })

  it('does not write ahead while the height of another plan is still to come', () => {
    const both = { leadBlocks: 50, maxConcurrentUpgrades: 2 }
    expect(due(70, [v2, v3], both)).toStrictEqual(['v2'])
    expect(due(70, [{ ...v2, writtenAt: genesis }, v3], both)).toStrictEqual([])
    expect(due(100, [underWay, v3], both)).toStrictEqual([])
    expect(due(70, [v2, v3], { when: 'on-schedule', maxConcurrentUpgrades: 2 })).toStrictEqual(['v2'])
    expect(
      due(71, [{ ...v2, writtenAt: genesis }, v3], { when: 'on-schedule', maxConcurrentUpgrades: 2 }),
    ).toStrictEqual([])
  })

  it('writes ahead once the upgrade before it is completed', () => {
    expect(due(105, [underWay, v3], { leadBlocks: 50, maxConcurrentUpgrades: 2 })).toStrictEqual([])
    expect(due(105, [{ ...v2, status: 'completed' }, v3], { leadBlocks: 50 })).toStrictEqual(['v3'])
  })

  it.each(['cancelled', 'refused', 'failed', 'completed', 'in_progress'] as const)(
    'never returns one that is %s',
    (status) => {
      expect(due(500, [{ ...v2, status }])).toStrictEqual([])
    },
  )

  it('returns the lowest upgrade blocked by the file, only while no other is due or under way', () => {
    const heldUp = (one: Upgrade): Upgrade => ({ ...one, status: 'refused', blocked: true })
    expect(due(200, [heldUp(v3), heldUp(v2)])).toStrictEqual(['v2'])
    expect(due(200, [heldUp(v2), v3])).toStrictEqual(['v3'])
    expect(due(200, [heldUp(v3), underWay])).toStrictEqual([])
  })
})
