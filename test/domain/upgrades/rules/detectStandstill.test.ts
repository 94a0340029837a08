import { describe, expect, it } from 'vitest'
import { emptyBlockTime } from '../../../../src/domain/blocks/blockTime.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import type { MissedEvent } from '../../../../src/domain/upgrades/PlanEvent.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { block, genesis, queued, steadyPace, upgrade, upgradeProposal } from '../../../support/builders.js'
import { read } from '../planEvents.js'

const held = upgrade('1', 'v2', 100, { held: true })

/** The upgrade after polls without an answer at these host times, while this was the last one. */
function after(hostTimes: readonly number[], last: MissedEvent['last'] | undefined, from: Upgrade = held): Upgrade {
  let upgrades = queued(from)
  for (const hostTime of hostTimes) {
    const event: MissedEvent = { type: 'missed', hostTime, time: genesis, ...(last !== undefined && { last }) }
    ;({ upgrades } = stepPlan({ upgrades }, event, resolvePlanOptions({ stallTimeout: 10_000 })))
  }
  return [...upgrades.values()][0] ?? from
}

/** The last answer, at host time 0. Blocks come each second where the pace is known. */
const lastAt = (number: number, isPaced = true): NonNullable<MissedEvent['last']> => ({
  head: block(number),
  blockTime: isPaced ? steadyPace(number) : emptyBlockTime,
  readAt: 0,
})

describe('a chain that holds a plan and whose node does not answer', () => {
  it.each([
    ['at once if the block before the height is known', lastAt(99, false), 1, 1],
    ['not at all two blocks before the height without a known pace', lastAt(98, false), 60_000, undefined],
    ['not before the height should have come', lastAt(90), 9_999, undefined],
    ['from the time at which the height should have come', lastAt(90), 10_000, 10_000],
    ['not at all if the height was further away than the limit', lastAt(89), 60_000, undefined],
    ['not at all if nothing was read', undefined, 60_000, undefined],
  ])('is waited for %s', (_title, last, hostTime, waitsSince) => {
    expect(after([hostTime], last).waitsSince).toBe(waitsSince)
  })

  it('is reported after the limit, with its last block if that is known', () => {
    const waiting = { ...held, waitsSince: 1 }
    expect(after([10_001], lastAt(99), waiting).reasons).toStrictEqual([])
    expect(after([10_002], lastAt(99), waiting).reasons).toStrictEqual([
      'The node has not come back for 10 s: block 99 is the last one it reported.',
    ])
    expect(after([10_002], undefined, waiting).reasons).toStrictEqual(['The node has not come back for 10 s.'])
  })
})

describe('a chain that holds a plan and whose node answers', () => {
  const finding = { plan: { name: 'v2', height: 100 }, origin: 'call', problems: [] } as const
  const proposal = (unsure?: string) =>
    upgradeProposal('1', 'v2', 100, {
      status: 'passed',
      carriedOut: true,
      finding: { ...finding, ...(unsure !== undefined && { unsure }) },
    })
  const waitsSince = (head: number, unsure?: string): number | undefined => {
    const event = read(head, [proposal(unsure)])
    const { upgrades } = stepPlan({ upgrades: queued(held) }, event, resolvePlanOptions({ when: 'never' }))
    return [...upgrades.values()][0]?.waitsSince
  }

  it.each([
    ['at the block before the height', 99, undefined, 99_000],
    ['before that block, though its plan is in doubt', 98, 'No answer.', undefined],
    ['past the height if the chain does not say whether the plan stands', 101, 'No answer.', 101_000],
  ])('waits %s', (_title, head, unsure, expected) => {
    expect(waitsSince(head, unsure)).toBe(expected)
  })

  it('is not changed by a poll that finds nothing new', () => {
    const upgrades = queued(held)
    const step = stepPlan({ upgrades }, read(50, [proposal()]), resolvePlanOptions({ when: 'never' }))
    expect(step.upgrades.get(held.key)).toBe(held)
  })
})
