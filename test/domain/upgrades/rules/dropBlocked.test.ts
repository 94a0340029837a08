import { describe, expect, it } from 'vitest'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { genesis, queued, upgrade } from '../../../support/builders.js'
import { passed, read } from '../planEvents.js'

const options = resolvePlanOptions({ minUpgradeDelay: 0, lateLimit: 60_000 })
const reasons = ['It holds v9.']
const blocked = upgrade('1', 'v2', 100, { status: 'refused', blocked: true, completedAt: genesis + 100n, reasons })

/** The blocked upgrade after a reading of this block, beside another one. */
function after(head: number, other?: Upgrade): Upgrade | undefined {
  const all = other === undefined ? [blocked] : [blocked, other]
  const proposals = all.map(({ proposalId, name, height, status }) =>
    passed(proposalId, name, height, status === 'cancelled' ? { status: 'canceled' } : {}),
  )
  return stepPlan({ upgrades: queued(...all) }, read(head, proposals), options).upgrades.get(blocked.key)
}

describe('an upgrade that a file of somebody else blocks', () => {
  it('is given up once it was blocked for longer than lateLimit', () => {
    expect(after(160)).toMatchObject({ status: 'refused', blocked: true, reasons })
    expect(after(161)).toMatchObject({ status: 'refused', reasons })
    expect(after(161)).not.toHaveProperty('blocked')
  })

  it.each<[string, Upgrade]>([
    ['is due', upgrade('2', 'v3', 110)],
    ['is in progress', upgrade('2', 'v3', 110, { status: 'in_progress' })],
    ['is blocked, too', { ...blocked, ...upgrade('2', 'v3', 110), status: 'refused' }],
  ])('is given up at the height of a later plan that %s', (_, later) => {
    expect(after(109, later)).toMatchObject({ blocked: true, reasons })
    const dropped = after(110, later)
    expect(dropped).toMatchObject({ status: 'refused', reasons: [...reasons, 'v3 at height 110 has come since.'] })
    expect(dropped).not.toHaveProperty('blocked')
  })

  it.each<[string, Upgrade]>([
    ['plan for the same height', upgrade('2', 'v3', 100, { status: 'in_progress' })],
    ['lower plan', upgrade('2', 'v3', 90, { status: 'completed' })],
    ['later plan that was cancelled', upgrade('2', 'v3', 110, { status: 'cancelled' })],
    ['later plan that was refused', upgrade('2', 'v3', 110, { status: 'refused' })],
  ])('is not given up for a %s', (_, other) => {
    expect(after(120, other)).toMatchObject({ blocked: true, reasons })
  })
})
