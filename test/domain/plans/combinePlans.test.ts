import { describe, expect, it } from 'vitest'
import { combinePlans } from '../../../src/domain/plans/combinePlans.js'
import type { PlanFinding } from '../../../src/domain/plans/plan.js'

const onChain: PlanFinding = { origin: 'call', plan: { name: 'v2', height: 123 }, problems: [] }
const info = { binaries: { any: 'https://example.com/wemixd' } }

describe('combinePlans', () => {
  it('has nothing where nobody names a plan', () => {
    expect(combinePlans(undefined, undefined)).toBeUndefined()
  })

  it('leaves what the chain says as it is where the operator says nothing', () => {
    expect(combinePlans(onChain, undefined)).toBe(onChain)
  })

  it("takes the operator's plan where the chain has none", () => {
    expect(combinePlans(undefined, { name: 'v2', height: 123, info })).toStrictEqual({
      origin: 'operator',
      plan: { name: 'v2', height: 123, info, binaries: info.binaries },
      problems: [],
    })
  })

  it("checks the operator's plan like any other", () => {
    expect(combinePlans(undefined, { name: '../v2', height: 123 })?.problems).toStrictEqual([
      "The plan's name holds a slash, which could lead out of the upgrade directory.",
    ])
  })

  it('keeps the origin on the chain where both agree', () => {
    expect(combinePlans(onChain, { name: 'v2', height: 123 })).toStrictEqual(onChain)
  })

  it("adds the operator's info where the chain has none", () => {
    expect(combinePlans(onChain, { name: 'v2', height: 123, info })).toStrictEqual({
      origin: 'call',
      plan: { name: 'v2', height: 123, info, binaries: info.binaries },
      problems: [],
    })
  })

  it.each([
    [{ name: 'v3', height: 123 }, '"v2" at height 123 and "v3" at height 123'],
    [{ name: 'v2', height: 124 }, '"v2" at height 123 and "v2" at height 124'],
  ])('refuses to choose between the two: %j', (operator, difference) => {
    expect(combinePlans(onChain, operator)).toStrictEqual({
      ...onChain,
      problems: [`The proposal carries 2 plans that disagree: ${difference} (call, operator).`],
    })
  })

  it('refuses to choose between two infos', () => {
    const found = combinePlans({ ...onChain, plan: { ...onChain.plan, info: 'a' } }, { ...onChain.plan, info: 'b' })
    expect(found?.plan.info).toBe('a')
    expect(found?.problems).toStrictEqual([
      'The proposal carries 2 plans that disagree: "v2" at height 123, with different info (call, operator).',
    ])
  })

  it('does not mend a plan on the chain that cannot be used', () => {
    const broken: PlanFinding = { origin: 'memo', plan: { name: 'v2', height: 123 }, problems: ['Broken.'] }
    expect(combinePlans(broken, { name: 'v2', height: 123, info })).toStrictEqual(broken)
  })
})
