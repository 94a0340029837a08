import { describe, expect, it } from 'vitest'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { keyOf, type Proposal } from '../../src/domain/proposal.js'
import type { Upgrade } from '../../src/domain/upgrade.js'
import { forget } from '../../src/streams/forget.js'
import { newChain } from '../../src/streams/stepChain.js'
import { block, byKey, change, genesis, proposal, queued, upgrade } from '../support/builders.js'

const over = proposal('1', { status: 'executed', closedAt: { block: 1n, timestamp: genesis } })
const key = keyOf(over)

function turnOf(proposals: readonly Proposal[], upgrades: readonly Upgrade[] = [], parts: Partial<Turn> = {}): Turn {
  const state: ChainState = {
    ...newChain('local', 0),
    head: block(100),
    proposals: byKey(...proposals),
    upgrades: queued(...upgrades),
    told: new Map([[key, new Set(['id'])]]),
  }
  return {
    cause: 'reading',
    state,
    changes: [],
    moves: [],
    tellings: [],
    due: [],
    forgotten: [],
    time: 0,
    warnings: [],
    ...parts,
  }
}
const bounds = { maxAge: 50_000 }
const dropped = (turn: Turn): readonly string[] => forget(turn, bounds).forgotten

describe('forget', () => {
  it('gives the same turn where all is young', () => {
    const turn = turnOf([proposal('1')])
    expect(forget(turn, bounds)).toBe(turn)
  })

  it('drops an old proposal with its upgrade and what was told of it', () => {
    const { state, forgotten } = forget(
      turnOf([over, proposal('2')], [upgrade('1', 'v2', 10, { status: 'completed', completedAt: genesis + 49n })]),
      bounds,
    )
    expect(forgotten).toStrictEqual([key])
    expect([state.proposals.size, state.upgrades.size, state.told.size]).toStrictEqual([1, 0, 0])
  })

  it.each<[string, Partial<Upgrade>]>([
    ['waits', { status: 'scheduled' }],
    ['is in progress', { status: 'in_progress' }],
    ['ended just now', { status: 'completed', completedAt: genesis + 99n }],
    ['failed just now', { status: 'failed', completedAt: genesis + 60n }],
  ])('keeps an old proposal whose upgrade %s', (_, parts) => {
    expect(dropped(turnOf([over], [upgrade('1', 'v2', 200, parts)]))).toStrictEqual([])
  })

  it.each(['refused', 'past', 'pending'] as const)(
    'lets a proposal of too many go with its upgrade that is %s',
    (status) => {
      const turn = turnOf([over, proposal('2')], [upgrade('1', 'v2', 200, { status, completedAt: genesis + 99n })])
      expect(forget(turn, { maxAge: 10 ** 9, maxCount: 1 }).forgotten).toStrictEqual([key])
    },
  )

  it('drops an old upgrade without a proposal', () => {
    expect(dropped(turnOf([], [upgrade('1', 'v2', 10, { status: 'cancelled', completedAt: genesis })]))).toStrictEqual([
      key,
    ])
    expect(
      dropped(turnOf([], [upgrade('1', 'v2', 10, { status: 'cancelled', completedAt: genesis + 50n })])),
    ).toStrictEqual([])
  })

  it('drops what was told of a proposal that a reorg took, unless an upgrade remembers it', () => {
    const changes = [change({ type: 'proposalRetracted', proposal: over })]
    expect(forget(turnOf([], [], { changes })).state.told.size).toBe(0)
    expect(
      dropped(turnOf([], [upgrade('1', 'v2', 200, { status: 'cancelled', completedAt: genesis + 99n })], { changes })),
    ).toStrictEqual([])
  })

  it('keeps to the count', () => {
    expect(forget(turnOf([over, proposal('2')]), { maxCount: 1 }).forgotten).toStrictEqual([key])
  })
})
