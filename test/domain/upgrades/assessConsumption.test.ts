import { describe, expect, it } from 'vitest'
import { assessConsumption, type ConsumptionSighting } from '../../../src/domain/upgrades/assessConsumption.js'
import { type PlanOptions, resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import type { CompletionEvidence, Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { upgrade } from '../../support/storeGiven.js'

const restartIt: unknown = expect.stringContaining(
  'Restart it while the file is there, then let the node end with an error',
)
const before: CompletionEvidence = { block: 100n, head: 110n, since: 0, movedAt: 0, nodeVersion: 'v1', outage: false }
const late: ConsumptionSighting = { isPast: true, nodeVersion: 'v1', hostTime: 60_001 }

interface Seen {
  readonly of?: Partial<Upgrade>
  readonly evidence?: Partial<CompletionEvidence>
  readonly sighting?: Partial<ConsumptionSighting>
  readonly options?: PlanOptions
}

function assessed({ of = {}, evidence = {}, sighting = {}, options = {} }: Seen): ReturnType<typeof assessConsumption> {
  const written = upgrade('2', { status: 'in_progress', writtenAt: 1n, ...of })
  return assessConsumption(written, { ...before, ...evidence }, { ...late, ...sighting }, resolvePlanOptions(options))
}

describe('a file that no process manager acted on', () => {
  it('is reported a minute after the height, with the running version and what to do', () => {
    expect(assessed({ options: { profile: 'wemixvisor' } })).toStrictEqual({
      version: 'v1',
      reason: 'the node still runs v1 and was never away.',
      todo: restartIt,
    })
    expect(assessed({ evidence: { outage: true } })?.reason).toContain('came back with the version it ran before')
    expect(assessed({ options: { profile: 'cosmovisor' } })?.todo).toContain(
      'Check that cosmovisor runs over this home',
    )
  })

  it('is reported with the hint that the node may have switched before its height', () => {
    expect(assessed({ evidence: { formerVersion: 'v0', switchedBy: 92n } })?.reason).toMatch(
      /^the node still runs v1 and was never away\. It ran v0 before, and v1 at block 92 already, ahead of the height: if that was the switch, it came early/,
    )
  })

  it('is reported before the upgrade fails, even if stallTimeout is under a minute', () => {
    const options = { stallTimeout: 10_000 }
    expect(assessed({ sighting: { hostTime: 10_001 }, options })).toBeDefined()
    expect(assessed({ sighting: { hostTime: 10_000 }, options })).toBeUndefined()
  })

  it.each<[string, Seen]>([
    ['the minute is not over', { sighting: { hostTime: 60_000 } }],
    ['the chain is not past the height', { sighting: { isPast: false } }],
    ['the chain itself stops its nodes at the height', { of: { held: true } }],
    ['it was reported before', { evidence: { unconsumed: true } }],
    ['the node reports another version', { sighting: { nodeVersion: 'v2' } }],
    ['completion is height', { options: { completion: 'height' } }],
  ])('is not reported if %s', (_, seen) => {
    expect(assessed(seen)).toBeUndefined()
  })

  it('is not reported without a version now, without one before, or without a written file', () => {
    const { nodeVersion: _, ...silent } = late
    const { nodeVersion: __, ...unknown } = before
    const options = resolvePlanOptions({})
    const written = upgrade('2', { status: 'in_progress', writtenAt: 1n })
    expect(assessConsumption(written, before, silent, options)).toBeUndefined()
    expect(assessConsumption(written, unknown, late, options)).toBeUndefined()
    expect(assessConsumption(upgrade('2', { status: 'in_progress' }), before, late, options)).toBeUndefined()
  })
})
