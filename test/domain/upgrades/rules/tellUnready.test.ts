import { describe, expect, it } from 'vitest'
import type { PlanFinding, UnreadyNode } from '../../../../src/domain/plans/plan.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { genesis, proposal, queued, upgrade } from '../../../support/builders.js'
import { read } from '../planEvents.js'

const plan = { name: 'fork-0x07c9462e', time: genesis + 7_200n }
const { height: _height, ...timed } = upgrade('1', plan.name, 0)
const back = 'It was cancelled before, and is back.'
const waiting: Upgrade = { ...timed, time: plan.time, held: true, reasons: [back] }
const at = (host: string): UnreadyNode => ({ host, reason: `${host} names no fork.` })

const told = (parts: Partial<PlanFinding>, known = waiting) => {
  const finding: PlanFinding = { plan, origin: 'chain', problems: [], ...parts }
  const fork = proposal('1', { system: 'fork-config', status: 'passed', finding })
  const { upgrades } = stepPlan({ upgrades: queued(known) }, read(10, [fork]), resolvePlanOptions({}))
  return upgrades.get(known.key)
}

describe('nodes that are not ready for an upgrade', () => {
  it('are listed apart, and among the reasons', () => {
    const one = told({ unready: [at('a:1')] })
    expect(one).toMatchObject({ unready: [at('a:1')], reasons: [back, 'a:1 names no fork.'] })
    expect(told({ unready: [at('b:1')] }, one)).toMatchObject({
      unready: [at('b:1')],
      reasons: [back, 'b:1 names no fork.'],
    })
    expect(told({}, one)).toStrictEqual(waiting)
  })

  it('are no longer listed once the upgrade is cancelled', () => {
    const off = told({ withdrawn: 'No node names it any more.' }, told({ unready: [at('a:1')] }))
    expect(off).toMatchObject({ status: 'cancelled', reasons: ['No node names it any more.'] })
    expect(off).not.toHaveProperty('unready')
  })
})
