import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../../../src/domain/proposals/proposal.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import { genesis, queued, upgrade } from '../../../support/builders.js'
import * as contract from '../planEvents.js'
import { read, told } from '../planEvents.js'

/** The chain itself holds the plan. */
function passed(id: string, name: string, height: number, parts: Partial<Proposal> = {}): Proposal {
  const finding = { plan: { name, height }, origin: 'call', problems: [] } as const
  return contract.passed(id, name, height, { carriedOut: true, finding, ...parts })
}
const canceled = (id: string, name: string, height: number): Proposal =>
  passed(id, name, height, { status: 'canceled' })

describe('a plan that a chain now holds under another proposal', () => {
  it('is announced once as rescheduled, with its plan before', () => {
    const before = upgrade('1', 'v2', 100, { scheduledAt: genesis, noticedAt: 0, held: true })
    const { moves, upgrades } = stepPlan(
      { upgrades: queued(before) },
      read(20, [canceled('1', 'v2', 100), passed('2', 'v2', 200)]),
      resolvePlanOptions({ minUpgradeDelay: 0 }),
    )
    const [off, moved] = moves
    expect(moves).toHaveLength(2)
    expect(off).toMatchObject({ type: 'cancelled', silent: true, upgrade: { key: before.key, status: 'cancelled' } })
    expect(moved).toMatchObject({ type: 'rescheduled', silent: false, before, upgrade: { name: 'v2', height: 200 } })
    // Its delay before the write starts again: another vote decided it.
    expect([...upgrades.values()].at(-1)).toMatchObject({ status: 'scheduled', scheduledAt: genesis + 20n })
  })

  it.each([
    ['has another name', [canceled('1', 'v2', 100), passed('2', 'v3', 200)], 'cancelled v2, scheduled v3'],
    ['has the same height', [canceled('1', 'v2', 100), passed('2', 'v2', 100)], 'cancelled v2, scheduled v2'],
    ['is held beside the former one', [passed('1', 'v2', 100), passed('2', 'v2', 200)], 'scheduled v2'],
  ])('is not rescheduled if it %s', (_, proposals, moves) => {
    expect(told([read(19, [passed('1', 'v2', 100)]), read(20, proposals)])).toStrictEqual(['scheduled v2', moves])
  })

  it('is not rescheduled if only contracts hold the two plans', () => {
    const off = contract.passed('1', 'v2', 100, { status: 'canceled' })
    const events = [read(19, [contract.passed('1', 'v2', 100)]), read(20, [off, contract.passed('2', 'v2', 200)])]
    expect(told(events)).toStrictEqual(['scheduled v2', 'cancelled v2, scheduled v2'])
  })

  it('is cancelled at once, and rescheduled if it comes back before its former height', () => {
    const off = canceled('1', 'v2', 100)
    const back = (at: number) => [
      read(19, [passed('1', 'v2', 100)]),
      read(20, [off]),
      read(at, [off, passed('2', 'v2', 200)]),
    ]
    expect(told(back(99))).toStrictEqual(['scheduled v2', 'cancelled v2', 'rescheduled v2'])
    // No node waits for the former height any more.
    expect(told(back(100))).toStrictEqual(['scheduled v2', 'cancelled v2', 'scheduled v2'])
  })

  it('is rescheduled after an announced cancellation, and says so', () => {
    const first = upgrade('1', 'v2', 100, { status: 'cancelled', completedAt: genesis + 5n, held: true })
    const second = upgrade('2', 'v2', 150, { status: 'cancelled', completedAt: genesis + 15n, held: true })
    const { moves, upgrades } = stepPlan(
      { upgrades: queued(first, second) },
      read(20, [canceled('1', 'v2', 100), canceled('2', 'v2', 150), passed('3', 'v2', 200)]),
      resolvePlanOptions({ minUpgradeDelay: 0 }),
    )
    expect(moves).toMatchObject([
      {
        type: 'rescheduled',
        silent: false,
        before: { key: second.key, height: 150 },
        upgrade: { height: 200 },
      },
    ])
    expect(moves[0]?.upgrade.reasons).toContain('It was cancelled before, and is back.')
    expect([...upgrades.values()].at(-1)).toStrictEqual(moves[0]?.upgrade)
  })

  it('is not rescheduled if the chain did not hold the former plan', () => {
    const own = upgrade('1', 'v2', 100, { status: 'cancelled', completedAt: genesis })
    expect(told([read(20, [passed('3', 'v2', 200)])], {}, [own])).toStrictEqual(['scheduled v2'])
  })

  it('replaces at most one plan', () => {
    const all = [read(19, [passed('1', 'v2', 100), passed('3', 'v3', 110)])]
    const next = [canceled('1', 'v2', 100), canceled('3', 'v3', 110), passed('4', 'v3', 300), passed('5', 'v2', 400)]
    expect(told([...all, read(20, next)]).at(-1)).toBe(
      'silent cancelled v2, silent cancelled v3, rescheduled v3, rescheduled v2',
    )
  })

  it('is replaced by one plan only, if two have its name', () => {
    const next = [canceled('1', 'v2', 100), passed('4', 'v2', 300), passed('5', 'v2', 400)]
    expect(told([read(19, [passed('1', 'v2', 100)]), read(20, next)]).at(-1)).toBe(
      'silent cancelled v2, rescheduled v2, scheduled v2',
    )
  })

  it('is cancelled if maxWaiting leaves no room for the new one', () => {
    const [first, second] = [passed('1', 'v2', 100), passed('3', 'v3', 110)]
    expect(
      told([read(19, [first, second]), read(20, [canceled('1', 'v2', 100), second, passed('4', 'v2', 300)])], {
        maxWaiting: 1,
      }).at(-1),
    ).toContain('cancelled v2')
  })
})
