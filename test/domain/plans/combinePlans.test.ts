import { describe, expect, it } from 'vitest'
import { combinePlans } from '../../../src/domain/plans/combinePlans.js'
import type { PlanFinding } from '../../../src/domain/plans/plan.js'

const onChain: PlanFinding = { origin: 'call', plan: { name: 'v2', height: 123 }, problems: [] }
const info = { binaries: { any: 'https://example.com/wemixd' } }

describe('combinePlans', () => {
  it('is undefined if neither the chain nor the operator has a plan', () => {
    expect(combinePlans(undefined, undefined)).toBeUndefined()
  })

  it('returns the plan on the chain as it is if the operator has none', () => {
    expect(combinePlans(onChain, undefined)).toBe(onChain)
  })

  it("returns the operator's plan if the chain has none", () => {
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

  it('keeps the origin on the chain if both agree', () => {
    expect(combinePlans(onChain, { name: 'v2', height: 123 })).toStrictEqual(onChain)
  })

  it("adds the operator's info if the chain has none", () => {
    expect(combinePlans(onChain, { name: 'v2', height: 123, info })).toStrictEqual({
      origin: 'call',
      plan: { name: 'v2', height: 123, info, binaries: info.binaries },
      problems: [],
    })
  })

  it.each([
    [{ name: 'v3', height: 123 }, '"v2" at height 123 and "v3" at height 123'],
    [{ name: 'v2', height: 124 }, '"v2" at height 123 and "v2" at height 124'],
  ])('reports two plans that disagree: %j', (operator, difference) => {
    expect(combinePlans(onChain, operator)).toStrictEqual({
      ...onChain,
      problems: [`The proposal carries 2 plans that disagree: ${difference} (call, operator).`],
    })
  })

  it('reports two infos that disagree', () => {
    const found = combinePlans({ ...onChain, plan: { ...onChain.plan, info: 'a' } }, { ...onChain.plan, info: 'b' })
    expect(found?.plan.info).toBe('a')
    expect(found?.problems).toStrictEqual([
      'The proposal carries 2 plans that disagree: "v2" at height 123, with different info (call, operator).',
    ])
  })

  it('does not complete an unusable plan on the chain', () => {
    const broken: PlanFinding = { origin: 'memo', plan: { name: 'v2', height: 123 }, problems: ['Broken.'] }
    expect(combinePlans(broken, { name: 'v2', height: 123, info })).toStrictEqual(broken)
  })
})
