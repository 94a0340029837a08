import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLive, queueOf } from '../../../src/domain/upgrades/queueOf.js'
import { upgradeStatuses } from '../../../src/domain/upgrades/upgrade.js'
import { upgrade } from '../../support/builders.js'

describe('queueOf', () => {
  it('returns what waits in height order, then what is over, newest first', () => {
    const all = [
      upgrade('1', 'a', 30),
      upgrade('2', 'b', 10, { status: 'in_progress' }),
      upgrade('3', 'c', 20),
      upgrade('4', 'd', 5, { status: 'completed', completedAt: 8n }),
      upgrade('5', 'e', 50, { status: 'refused', completedAt: 9n }),
      upgrade('6', 'f', 60, { status: 'pending' }),
      upgrade('7', 'g', 40, { status: 'past', completedAt: 10n }),
      upgrade('8', 'h', 70, { status: 'pending' }),
    ]
    expect(queueOf(all).upgrades.map(({ name }) => name)).toStrictEqual(['f', 'h', 'b', 'c', 'a', 'e', 'd', 'g'])
  })

  it('begins with pending plans and ends with those past at first sight', () => {
    const all = [
      upgrade('1', 'a', 30),
      upgrade('2', 'b', 60, { status: 'pending' }),
      upgrade('3', 'c', 2, { status: 'past', completedAt: 99n }),
      upgrade('4', 'd', 5, { status: 'failed', completedAt: 8n }),
      upgrade('5', 'e', 50, { status: 'pending' }),
    ]
    expect(queueOf(all).upgrades.map(({ name }) => name)).toStrictEqual(['e', 'b', 'a', 'd', 'c'])
  })

  it('orders upgrades at one height by id, numbers by value', () => {
    const all = ['10', '9', '100', 'b', 'a'].map((id) => upgrade(id, `v${id}`, 30))
    expect(queueOf(all).upgrades.map(({ name }) => name)).toStrictEqual(['v9', 'v10', 'v100', 'va', 'vb'])
  })

  it('loses none, and does not depend on the order of the input', () => {
    const any = fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 1, max: 99 }),
        height: fc.integer({ min: 1, max: 9 }),
        status: fc.constantFrom(...upgradeStatuses),
      }),
      { selector: ({ id }) => id },
    )
    fc.assert(
      fc.property(any, (all) => {
        const upgrades = all.map(({ id, height, status }) => upgrade(String(id), 'v', height, { status }))
        const queue = queueOf(upgrades).upgrades
        expect(queueOf([...upgrades].reverse()).upgrades).toStrictEqual(queue)
        expect(queue.length).toBe(all.length)
        const heights = queue.filter(isLive).map(({ height }) => height!)
        expect(heights).toStrictEqual([...heights].sort((a, b) => a - b))
      }),
    )
  })
})
