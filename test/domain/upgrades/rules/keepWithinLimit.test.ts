import { describe, expect, it } from 'vitest'
import { keepWithinLimit } from '../../../../src/domain/upgrades/rules/keepWithinLimit.js'
import { withDefaults } from '../../../../src/domain/upgrades/scheduling.js'
import type { Upgrade } from '../../../../src/domain/upgrades/upgrade.js'
import { upgradeBoard } from '../../../../src/domain/upgrades/upgradeBoard.js'
import { block, genesis, queued, steadyPace, upgrade } from '../../../support/builders.js'

/** Who still waits where there is room for one, and what is told. */
function kept(...all: readonly Upgrade[]): { readonly waits: readonly string[]; readonly told: readonly string[] } {
  const board = upgradeBoard(queued(...all))
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
    withDefaults({ maxWaiting: 1 }),
  )
  return {
    waits: [...board.acting.values()].filter(({ status }) => status === 'scheduled').map(({ name }) => name),
    told: board.moves().map(({ type, upgrade: { name } }) => `${type} ${name}`),
  }
}

describe('keepWithinLimit', () => {
  it('keeps the one with the lowest height, and tells that the other is refused', () => {
    expect(kept(upgrade('2', 'v3', 110), upgrade('1', 'v2', 100))).toStrictEqual({
      waits: ['v2'],
      told: ['refused v3'],
    })
  })

  it.each<[string, Partial<Upgrade>]>([
    ['that the chain itself holds', { held: true }],
    ['whose file is on the disk', { writtenAt: genesis }],
  ])('keeps one %s before those with lower heights', (_what, parts) => {
    expect(kept(upgrade('1', 'v2', 100), upgrade('2', 'v3', 110, parts))).toStrictEqual({
      waits: ['v3'],
      told: ['refused v2'],
    })
  })

  it('says nothing while there is room', () => {
    expect(kept(upgrade('1', 'v2', 100))).toStrictEqual({ waits: ['v2'], told: [] })
  })
})
