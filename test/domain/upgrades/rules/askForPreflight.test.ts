import { describe, expect, it } from 'vitest'
import type { Reminder } from '../../../../src/domain/upgrades/reminder.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import type { PreflightRecord, Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { withPreflight } from '../../../../src/domain/upgrades/withPreflight.js'
import { queued, upgrade } from '../../../support/builders.js'
import { passed, read } from '../planEvents.js'

const lead = (text: string, seconds: number): Reminder => ({ kind: 'time', text, ms: seconds * 1000 })
const options = resolvePlanOptions({ minUpgradeDelay: 0, preflightAt: [lead('40s', 40), lead('10s', 10)] })

/** What is recorded of the preflights of v2 at height 100, after a reading of this block. A block takes a second. */
function recorded(head: number, known: PreflightRecord | undefined, height = 100): PreflightRecord | undefined {
  const before = upgrade('1', 'v2', height, { ...(known !== undefined && { preflight: known }) })
  const { upgrades } = stepPlan({ upgrades: queued(before) }, read(head, [passed('1', 'v2', height)]), options)
  return upgrades.get(before.key)?.preflight
}

describe('a preflight', () => {
  it('is owed once per lead', () => {
    expect(recorded(50, undefined)).toBeUndefined()
    expect(recorded(60, undefined)).toStrictEqual({ leads: ['40s'], owed: '40s' })
    expect(recorded(61, { leads: ['40s'], verdict: 'ready', checkedAt: 60_000 })).not.toHaveProperty('owed')
    expect(recorded(90, { leads: ['40s'] })).toStrictEqual({ leads: ['40s', '10s'], owed: '10s' })
  })

  it('covers all leads that are due at once', () => {
    expect(recorded(95, undefined)).toStrictEqual({ leads: ['40s', '10s'], owed: '10s' })
  })

  it('stays owed until its result is known', () => {
    expect(recorded(95, { leads: ['40s'], owed: '40s' })).toStrictEqual({ leads: ['40s'], owed: '40s' })
  })

  it.each([
    ['half an hour', 100_000, 1_800],
    ['a sixth of the time that is left', 3_696, 600],
    ['five minutes at least', 100, 300],
  ])('is owed again after %s if the last one was not ready', (_when, height, seconds) => {
    const bad = { leads: ['40s', '10s'], verdict: 'not_ready' } as const
    const lookedBefore = (ms: number) => ({ ...bad, checkedAt: 96_000 - ms })
    expect(recorded(96, lookedBefore(seconds * 1000 - 1), height)).not.toHaveProperty('owed')
    expect(recorded(96, lookedBefore(seconds * 1000), height)).toHaveProperty('owed', 'again')
    expect(recorded(96, { ...bad, verdict: 'ready', checkedAt: 0 }, height)).not.toHaveProperty('owed')
  })

  it('starts over when the height changes', () => {
    const before = upgrade('1', 'v2', 100, { preflight: { leads: ['40s', '10s'], verdict: 'ready' } })
    const { upgrades } = stepPlan({ upgrades: queued(before) }, read(95, [passed('1', 'v2', 130)]), options)
    expect(upgrades.get(before.key)?.preflight).toStrictEqual({ leads: ['40s'], owed: '40s' })
  })
})

describe('withPreflight', () => {
  const owed: Upgrade = upgrade('1', 'v2', 100, { preflight: { leads: ['40s'], owed: '40s' } })
  const looked = { result: 'preflighted', key: owed.key, plan: { name: 'v2', height: 100 } } as const
  const checks = [{ id: 'binary', verdict: 'not_ready', reason: 'It is not there.', todo: 'Put it there.' }] as const

  it('stores the verdict and the problems', () => {
    expect(
      withPreflight(owed, { ...looked, found: { verdict: 'not_ready', checks, checkedAt: 5 } }).preflight,
    ).toStrictEqual({ leads: ['40s'], verdict: 'not_ready', checkedAt: 5, problems: ['It is not there.'] })
  })

  it('ignores the result of another plan', () => {
    const found = { verdict: 'ready', checks: [], checkedAt: 5 } as const
    expect(withPreflight(owed, { ...looked, plan: { name: 'v2', height: 99 }, found })).toBe(owed)
  })
})
