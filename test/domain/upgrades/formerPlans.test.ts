import { describe, expect, it } from 'vitest'
import { formerPlansOf } from '../../../src/domain/upgrades/formerPlans.js'
import { scheduleProposal } from '../../../src/domain/upgrades/schedule/scheduleProposal.js'
import { resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import { block, queued, steadyPace, upgrade, upgradeProposal } from '../../support/builders.js'

describe('the former plans of an upgrade', () => {
  const former = { name: 'v2', height: 100, scheduledAt: 5n, noticedAt: 7_000 }

  it('name each plan once, the present one first, with the times of its last scheduling', () => {
    const other = { name: 'v3', height: 100, scheduledAt: 4n, noticedAt: 6_000 }
    const present = upgrade('1', 'v2', 100, { scheduledAt: 8n, noticedAt: 9_000, formerPlans: [other, former] })
    expect(formerPlansOf(present)).toStrictEqual([{ ...former, scheduledAt: 8n, noticedAt: 9_000 }, other])
  })

  it('keep the start of the delay if one comes back after a plan that was refused at first sight', () => {
    const { scheduledAt: _at, ...refused } = upgrade('1', 'evil', 50, { status: 'refused', formerPlans: [former] })
    const [move] = scheduleProposal(
      upgradeProposal('1', 'v2', 100, { status: 'passed' }),
      queued(refused),
      { head: block(60), hostTime: 60_000, blockTime: steadyPace(60), caughtUpAt: { head: 59n, time: 59_000 } },
      resolvePlanOptions({}),
    )
    expect(move).toMatchObject({ type: 'scheduled', upgrade: { scheduledAt: 5n, noticedAt: 7_000 } })
  })
})
