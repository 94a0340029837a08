import { describe, expect, it } from 'vitest'
import { events } from '../../../src/channels/filter.js'
import { announceUpgrade } from '../../../src/domain/notifications/announceUpgrade.js'
import { fileHappeningOf, announceFile } from '../../../src/domain/notifications/announceFile.js'
import { exampleOf } from '../../../src/domain/notifications/examples/exampleOf.js'
import { standingOf, subjectsEndedBy } from '../../../src/domain/notifications/message.js'
import { subjectOf } from '../../../src/domain/notifications/notification.js'
import type { UpgradeStatus } from '../../../src/domain/upgrades/upgrade.js'
import { resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import { stepPlan } from '../../../src/domain/upgrades/stepPlan.js'
import { block, contract, queued, upgrade } from '../../support/builders.js'
import { state } from '../../support/storeGiven.js'
import { passed, read } from '../upgrades/planEvents.js'

const options = { chain: 'local', system: 'governor', contract, now: 0 } as const

describe('subjectsEndedBy', () => {
  it('ends every subject that an event opens, except those whose end cannot be seen', () => {
    const examples = events.map((event) => exampleOf(event, options))
    const ended = new Set(examples.flatMap(subjectsEndedBy))
    const left = examples.filter((one) => standingOf(one) === 'open' && !ended.has(subjectOf(one)))
    expect(left.map(({ event }) => event)).toStrictEqual(['file_stale', 'state_rebuilt'])
  })

  it('ends the subjects of an own plan when a proposal has the same plan', () => {
    const plan = resolvePlanOptions({ minUpgradeDelay: 0 })
    const own = { chain: 'local', plan: { name: 'v2', height: 100 } }
    const first = stepPlan({ upgrades: queued() }, read(90, [], { ownPlans: [own] }), plan)
    const { moves } = stepPlan(first, read(91, [passed()], { ownPlans: [own] }), plan)
    const [scheduled] = moves.flatMap((move) => announceUpgrade(move, block(91)))
    expect(scheduled?.notification.event).toBe('upgrade_scheduled')
    expect(subjectsEndedBy(scheduled!.notification)).toStrictEqual([
      'local/plan/v2',
      'local/plan/v2/preflight',
      'local/plan/v2/hook',
    ])
  })
})

describe('an outcome that may arrive after the end of its upgrade', () => {
  const after = (status: UpgradeStatus) => {
    const known = upgrade('1', 'v2', 100, { status })
    return { known, chain: state({ upgrades: queued(known) }) }
  }
  const time = { time: 20n, hostTime: 1 }

  it.each([
    ['in_progress', 'open'],
    ['failed', 'open'],
    ['completed', 'over'],
    ['cancelled', 'over'],
  ] as const)('of a failed command is, for one that is %s, %s', (status, standing) => {
    const { known, chain } = after(status)
    const run = { ok: false, summary: 'ended with exit code 1', output: '', ms: 5 }
    const happening = fileHappeningOf(chain, { result: 'hooked', key: known.key, run }, time)
    const [told] = announceFile(happening!)
    expect(standingOf(told!.notification)).toBe(standing)
  })

  it('of a preflight is not announced', () => {
    const found = { verdict: 'not_ready', checks: [], checkedAt: 0 } as const
    const lookAt = (status: UpgradeStatus) => {
      const { known, chain } = after(status)
      return fileHappeningOf(
        chain,
        { result: 'preflighted', key: known.key, plan: { name: 'v2', height: 100 }, found },
        time,
      )
    }
    expect(lookAt('scheduled')).toMatchObject({ of: 'preflight' })
    expect([lookAt('completed'), lookAt('cancelled')]).toStrictEqual([undefined, undefined])
  })
})
