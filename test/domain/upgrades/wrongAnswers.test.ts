import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import type { PlanEvent } from '../../../src/domain/upgrades/PlanEvent.js'
import { resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import { noUpgrades, type PlanStep, stepPlan } from '../../../src/domain/upgrades/stepPlan.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { key, passed, read, told } from './planEvents.js'

const withInfo = (info: string): Proposal =>
  passed('1', 'v2', 100, { finding: { plan: { name: 'v2', height: 100, info }, origin: 'fenced-block', problems: [] } })

const { finding: _finding, ...withoutPlan } = passed()

/** Wrong answers about proposal 1, whose plan is v2 at height 100. */
const wrongAnswers: Readonly<Record<string, Proposal>> = {
  'a later height': passed('1', 'v2', 500),
  'another later height': passed('1', 'v2', 600),
  'a lower height': passed('1', 'v2', 50),
  'another name': passed('1', 'v9', 100),
  'another name and height': passed('1', 'v9', 300),
  'an invalid name': passed('1', '../v2', 100),
  'other info': withInfo('evil'),
  'two plans': passed('1', 'v2', 100, {
    finding: { plan: { name: 'v2', height: 100 }, origin: 'fenced-block', problems: ['It carries 2 plans.'] },
  }),
  'no plan': withoutPlan,
  canceled: passed('1', 'v2', 100, { status: 'canceled' }),
  failed: passed('1', 'v2', 100, { status: 'failed' }),
  voting: passed('1', 'v2', 100, { status: 'voting' }),
}

/** The writer confirms the true plan only, because a wrong one is not confirmed by the other nodes. */
function outcome(events: readonly PlanEvent[], minUpgradeDelay: number): Upgrade | undefined {
  const options = resolvePlanOptions({ minUpgradeDelay, lateLimit: 60_000 })
  return events
    .reduce((step: PlanStep, event) => {
      const next = stepPlan(step, event, options)
      const due = next.due.find((one) => one.name === 'v2' && one.height === 100 && one.info === undefined)
      if (event.type !== 'read' || due === undefined) return next
      const { head, hostTime } = event
      return stepPlan(next, { type: 'wrote', outcome: { result: 'written', key }, head, hostTime }, options)
    }, noUpgrades)
    .upgrades.get(key)
}

describe('a plan that wrong answers hid or changed at its height', () => {
  it.each(Object.entries(wrongAnswers))('is due again with the next right answer after: %s', (_name, wrong) => {
    const events = [read(60, [passed()]), read(100, [wrong]), read(101, [passed()])]
    expect(told(events).at(-1)).toMatch(/due v2$/)
  })

  it('is reported as rescheduled both times, and says that it is back', () => {
    const events = [read(60, [passed()]), read(100, [wrongAnswers['a later height']!]), read(101, [passed()])]
    expect(told(events)).toStrictEqual(['scheduled v2', 'rescheduled v2', 'rescheduled v2, due v2'])
    const { upgrades } = events.reduce((step, event) => stepPlan(step, event, resolvePlanOptions({})), noUpgrades)
    expect(upgrades.get(key)?.reasons).toContain(
      'The proposal was reported with another plan meanwhile. This is its former plan.',
    )
  })

  it('is refused once its height has passed by more than lateLimit', () => {
    const events = [read(60, [passed()]), read(100, [wrongAnswers['a later height']!]), read(161, [passed()])]
    expect(told(events, { lateLimit: 60_000 }).at(-1)).toBe('refused v2')
  })

  it('does not start its delay again', () => {
    const events = [read(60, [passed()]), read(99, [wrongAnswers['a lower height']!]), read(101, [passed()])]
    expect(told(events, { minUpgradeDelay: 41_000 }).at(-1)).toBe('scheduled v2, due v2')
  })

  it('is written in every sequence of up to eight wrong answers around its height', () => {
    const answer = fc.constantFrom(...Object.values(wrongAnswers))
    fc.assert(
      fc.property(
        fc.integer({ min: 80, max: 101 }),
        fc.array(answer, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(0, 10_000, 30_000),
        (from, wrong, minUpgradeDelay) => {
          const events = [
            ...Array.from({ length: from - 60 }, (_, at) => read(60 + at, [passed()])),
            ...wrong.map((one, at) => read(from + at, [one])),
            ...Array.from({ length: 40 }, (_, at) => read(from + wrong.length + at, [passed()])),
          ]
          const upgrade = outcome(events, minUpgradeDelay)
          expect(upgrade).toMatchObject({ name: 'v2', height: 100 })
          expect(upgrade?.writtenAt).toBeDefined()
        },
      ),
      { numRuns: 300 },
    )
  })

  // A sequence that the property found: the list held four plans, and the one that now stood pushed the true one out.
  it('is written after as many different wrong plans as an upgrade remembers', () => {
    const wrong = Array.from({ length: 16 }, (_, at) => read(97 + at, [passed('1', 'v2', 200 + at)]))
    const upgrade = outcome([read(60, [passed()]), ...wrong, read(113, [passed()])], 0)
    expect(upgrade).toMatchObject({ name: 'v2', height: 100 })
    expect(upgrade?.writtenAt).toBeDefined()
  })

  it('keeps at most sixteen former plans', () => {
    const events = Array.from({ length: 30 }, (_, at) => read(60 + at, [passed('1', 'v2', 100 + at)]))
    const { upgrades } = events.reduce((step, event) => stepPlan(step, event, resolvePlanOptions({})), noUpgrades)
    expect(upgrades.get(key)?.formerPlans?.map(({ height }) => height)).toStrictEqual(
      Array.from({ length: 16 }, (_, at) => 128 - at),
    )
  })
})
