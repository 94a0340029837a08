import { describe, expect, it } from 'vitest'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { genesis, queued, upgrade } from '../../../support/builders.js'
import { passed, read } from '../planEvents.js'

const options = resolvePlanOptions({ minUpgradeDelay: 600_000, when: 'on-schedule' })

/** The upgrade after a reading at block 20, host time 20 s, and whether it is due. */
function after(known: Partial<Upgrade>, hostTime = 20_000): readonly unknown[] {
  const { upgrades, due } = stepPlan(
    { upgrades: queued(upgrade('1', 'v2', 5_000, known)) },
    read(20, [passed('1', 'v2', 5_000)], { hostTime }),
    options,
  )
  const [one] = upgrades.values()
  return [one?.noticedAt, one?.scheduledAt, due.length]
}

describe('minUpgradeDelay after the host clock was set back', () => {
  it('restarts, by both clocks, if the upgrade was noticed in the future', () => {
    expect(after({ noticedAt: 3_600_000, scheduledAt: genesis + 3_600n })).toStrictEqual([20_000, genesis + 20n, 0])
    expect(after({ noticedAt: 3_600_000, scheduledAt: genesis + 1n })).toStrictEqual([20_000, genesis + 1n, 0])
  })

  it('goes on if the clock was corrected by less than a minute', () => {
    expect(after({ noticedAt: 79_000, scheduledAt: genesis })).toStrictEqual([79_000, genesis, 0])
    expect(after({ noticedAt: 79_000, scheduledAt: genesis }, 679_000)).toStrictEqual([79_000, genesis, 1])
  })
})
