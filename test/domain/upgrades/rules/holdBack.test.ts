import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../../src/domain/proposals/proposal.js'
import { heldBack, isHeldBack } from '../../../../src/domain/upgrades/rules/holdBack.js'
import { isSchedulable } from '../../../../src/domain/upgrades/schedule/proposalStage.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import { emptyBlockTime } from '../../../../src/domain/blocks/blockTime.js'
import { block, genesis, proposal, upgrade } from '../../../support/builders.js'

const finding = { plan: { name: 'v2', height: 50 }, origin: 'memo', problems: [] } as const
const passed = proposal('1', { status: 'queued', finding })
const options = resolvePlanOptions({ minUpgradeDelay: 0 })
const read = (at: number, one = passed, caughtUpAt?: { readonly head: bigint; readonly time: number }) =>
  ({
    type: 'read',
    head: block(at),
    hostTime: at * 1_000,
    proposals: new Map([[keyOf(one), one]]),
    retracted: [],
    blockTime: emptyBlockTime,
    ...(caughtUpAt !== undefined && { caughtUpAt }),
  }) as const
const puzzling = { ...passed, notUnderstood: 'state 42' }

describe('a proposal whose contract returns an unknown state', () => {
  it('neither schedules nor cancels its upgrade, and holds the file back until the state is known again', () => {
    expect(stepPlan({ upgrades: new Map() }, read(10, puzzling), options)).toMatchObject({ moves: [], due: [] })
    expect(isSchedulable(puzzling, options)).toBe(false)

    const scheduled = stepPlan({ upgrades: new Map() }, read(10), options)
    expect(scheduled.moves.map(({ type }) => type)).toStrictEqual(['scheduled'])
    const held = stepPlan(scheduled, read(50, puzzling, { head: 10n, time: 10_000 }), options)
    expect(held.due).toStrictEqual([])
    expect(held.moves).toMatchObject([
      {
        type: 'refused',
        silent: false,
        upgrade: { status: 'scheduled', reasons: [expect.stringContaining('state 42')] },
      },
    ])
    const still = stepPlan(held, read(51, puzzling, { head: 50n, time: 50_000 }), options)
    expect(still).toMatchObject({ due: [], moves: [] })

    const free = stepPlan(still, read(52, passed, { head: 51n, time: 51_000 }), options)
    expect(free.due).toMatchObject([{ name: 'v2', reasons: [] }])
    expect([held, still, free].map(({ upgrades }) => upgrades.get(keyOf(passed))?.heldBack)).toStrictEqual([
      expect.stringContaining('state 42'),
      expect.stringContaining('state 42'),
      undefined,
    ])
    expect(free.moves.filter(({ silent }) => !silent)).toStrictEqual([])
  })

  it('does not affect an upgrade that is completed', () => {
    const [scheduled] = [...stepPlan({ upgrades: new Map() }, read(10), options).upgrades.values()]
    if (scheduled === undefined) throw new Error('nothing was scheduled')
    expect(heldBack({ ...scheduled, status: 'completed' }, puzzling, genesis)).toStrictEqual([])
  })
})

describe('isHeldBack', () => {
  const waiting = upgrade('1', 'v2', 50)

  it.each<[string, boolean, Parameters<typeof isHeldBack>[0]]>([
    ['true for a refusal that stays scheduled', true, { type: 'refused', upgrade: waiting, before: waiting }],
    [
      'false for a final refusal',
      false,
      { type: 'refused', upgrade: { ...waiting, status: 'refused' }, before: waiting },
    ],
    ['false for a refusal at first sight', false, { type: 'refused', upgrade: waiting }],
    ['false for a failure', false, { type: 'failed', upgrade: waiting, before: waiting }],
  ])('is %s', (_what, isHeld, move) => {
    expect(isHeldBack(move)).toBe(isHeld)
  })
})
