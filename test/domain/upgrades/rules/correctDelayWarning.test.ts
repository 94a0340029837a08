import { describe, expect, it } from 'vitest'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import { block, genesis, queued, steadyPace, upgrade } from '../../../support/builders.js'

const warning = (delay: string): string =>
  `The height comes before minUpgradeDelay (${delay}) is over: the file is written only then, too late. Lower scheduler.minUpgradeDelay to have it in time.`

/** The reasons of an upgrade at height 100, scheduled at block 50 with a delay of ten minutes, after a later poll. */
function reasonsAt(at: number, minUpgradeDelay: number): readonly string[] | undefined {
  const waiting = upgrade('1', 'v2', 100, {
    kind: 'coordinated',
    scheduledAt: genesis + 50n,
    noticedAt: 50_000,
    reasons: [warning('10 min'), 'No checksum.'],
  })
  const { upgrades } = stepPlan(
    { upgrades: queued(waiting) },
    {
      type: 'read',
      head: block(at),
      hostTime: at * 1_000,
      proposals: new Map(),
      retracted: [],
      blockTime: steadyPace(at),
      caughtUpAt: { head: BigInt(at - 1), time: (at - 1) * 1_000 },
    },
    resolvePlanOptions({ minUpgradeDelay }),
  )
  return upgrades.get(waiting.key)?.reasons
}

describe('the warning that a height comes before minUpgradeDelay is over', () => {
  it('is removed once the delay was lowered', () => {
    expect(reasonsAt(60, 20_000)).toStrictEqual(['No checksum.'])
  })

  it('names the new delay if that is still too long', () => {
    expect(reasonsAt(60, 300_000)).toStrictEqual(['No checksum.', warning('5 min')])
  })

  it('stays while the delay is too long, and after the height', () => {
    expect(reasonsAt(60, 600_000)).toStrictEqual([warning('10 min'), 'No checksum.'])
    expect(reasonsAt(101, 600_000)).toStrictEqual([warning('10 min'), 'No checksum.'])
  })
})
