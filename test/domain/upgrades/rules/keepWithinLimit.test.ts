import { describe, expect, it } from 'vitest'
import { keepWithinLimit } from '../../../../src/domain/upgrades/rules/keepWithinLimit.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { upgradeBoard, type UpgradeBoard } from '../../../../src/domain/upgrades/upgradeBoard.js'
import { stepPlan } from '../../../../src/domain/upgrades/stepPlan.js'
import { block, genesis, move, queued, steadyPace, upgrade, upgradeProposal } from '../../../support/builders.js'
import { read } from '../planEvents.js'

interface Kept {
  readonly waits: readonly string[]
  readonly told: readonly string[]
}

/** Which upgrades still wait if there is room for one, and what is announced. */
const kept = (...all: readonly Upgrade[]): Kept => keptOn(upgradeBoard(queued(...all)))

function keptOn(board: UpgradeBoard): Kept {
  keepWithinLimit(
    board,
    {
      type: 'read',
      head: block(50),
      hostTime: 50_000,
      proposals: new Map(),
      retracted: [],
      blockTime: steadyPace(50),
      caughtUpAt: { head: 49n, time: 49_000 },
    },
    resolvePlanOptions({ maxWaiting: 1 }),
  )
  return {
    waits: [...board.acting.values()].filter(({ status }) => status === 'scheduled').map(({ name }) => name),
    told: board.moves().map(({ type, upgrade: { name } }) => `${type} ${name}`),
  }
}

describe('keepWithinLimit', () => {
  it('keeps the upgrade with the lowest height, and announces that the other is refused', () => {
    expect(kept(upgrade('2', 'v3', 110), upgrade('1', 'v2', 100))).toStrictEqual({
      waits: ['v2'],
      told: ['refused v3'],
    })
  })

  it.each<[string, Partial<Upgrade>]>([
    ['that the chain itself holds', { held: true }],
    ['whose file is on the disk', { writtenAt: genesis }],
  ])('keeps an upgrade %s before those with lower heights', (_what, parts) => {
    expect(kept(upgrade('1', 'v2', 100), upgrade('2', 'v3', 110, parts))).toStrictEqual({
      waits: ['v3'],
      told: ['refused v2'],
    })
  })

  it('announces nothing while there is room', () => {
    expect(kept(upgrade('1', 'v2', 100))).toStrictEqual({ waits: ['v2'], told: [] })
  })

  it('refuses a new upgrade for which there is no room', () => {
    const [v2, v3] = [upgrade('1', 'v2', 100), upgrade('2', 'v3', 110)]
    const board = upgradeBoard(new Map())
    board.move([move('scheduled', v2), move('scheduled', v3)])

    expect(keptOn(board)).toStrictEqual({ waits: ['v2'], told: ['scheduled v2', 'refused v3'] })
  })

  it('announces the refusal once, until the plan changes', () => {
    const [v2, v3] = [upgrade('1', 'v2', 100), upgrade('2', 'v3', 110)]
    const crowded: Upgrade = { ...v3, status: 'refused', crowded: true }
    const again = (plan: Upgrade): Kept => {
      const board = upgradeBoard(queued(v2, crowded))
      board.move([move('scheduled', plan)])
      return keptOn(board)
    }

    expect(again(v3)).toStrictEqual({ waits: ['v2'], told: [] })
    expect(again({ ...v3, height: 120 })).toStrictEqual({ waits: ['v2'], told: ['refused v3'] })
    expect(again({ ...v3, name: 'v4' })).toStrictEqual({ waits: ['v2'], told: ['refused v4'] })
  })

  it('announces a new reason if the height of a plan passes while it waits for room', () => {
    const { scheduledAt: _at, ...crowded } = upgrade('2', 'v3', 110, { status: 'refused', crowded: true })
    const vote = upgradeProposal('2', 'v3', 110, { status: 'passed' })
    const { moves, upgrades } = stepPlan({ upgrades: queued(crowded) }, read(100_000, [vote]), resolvePlanOptions({}))

    expect(moves).toMatchObject([{ type: 'refused', silent: false, upgrade: { name: 'v3' } }])
    expect(upgrades.get(crowded.key)).not.toHaveProperty('crowded')
    expect(upgrades.get(crowded.key)?.reasons.join()).toContain('height already passed')
  })
})
