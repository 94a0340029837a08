import { map } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../src/domain/chainState.js'
import { keyOf, type Proposal } from '../../src/domain/proposals/proposal.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import type { RetentionOptions } from '../../src/domain/proposals/pruneProposals.js'
import { beginDraft, type Draft, eventOf } from '../../src/streams/draft.js'
import { forgetOld } from '../../src/streams/forgetOld.js'
import { throughStage } from '../support/line.js'
import { letters, marbles } from '../support/marbles.js'
import { newChain } from '../../src/domain/newChain.js'
import { block, byKey, change, failure, genesis, proposal, queued, reading, upgrade } from '../support/builders.js'

const over = proposal('1', { status: 'executed', closedAt: { block: 1n, timestamp: genesis } })
const key = keyOf(over)

/** A draft whose reading is of block 100, as the stages before have left it. */
function draftOf(proposals: readonly Proposal[], upgrades: readonly Upgrade[] = [], parts: Partial<Draft> = {}): Draft {
  const state: ChainState = {
    ...newChain('local', 0),
    head: block(100),
    proposals: byKey(...proposals),
    upgrades: queued(...upgrades),
    announcedIds: new Map([[key, new Set(['id'])]]),
  }
  return { ...beginDraft(state, eventOf(reading(100))), ...parts }
}
const retention = { maxAge: 50_000 }
const forget = (draft: Draft, within: RetentionOptions = {}): Draft => throughStage(forgetOld(within), draft)
const dropped = (draft: Draft): readonly string[] => forget(draft, retention).forgotten

describe('forgetOld', () => {
  it(
    'drops nothing after a failure, and old proposals with the next reading',
    marbles(({ hot, expectObservable }) => {
      const draft$ = hot(
        '-x-a-',
        letters<Draft>({
          x: { ...draftOf([over]), ...beginDraft(draftOf([over]).state, eventOf(failure(100))) },
          a: draftOf([over]),
        }),
      )
      const expected = '-n-d-'
      expectObservable(
        draft$.pipe(
          forgetOld(retention),
          map(({ state, forgotten }) => [state.proposals.size, forgotten.length]),
        ),
      ).toBe(expected, letters({ n: [1, 0], d: [0, 1] }))
    }),
  )

  it('returns the same draft if nothing is old', () => {
    const draft = draftOf([proposal('1')])
    expect(forget(draft, retention)).toBe(draft)
  })

  it('drops an old proposal with its upgrade and its announced ids', () => {
    const { state, forgotten } = forget(
      draftOf([over, proposal('2')], [upgrade('1', 'v2', 10, { status: 'completed', completedAt: genesis + 49n })]),
      retention,
    )
    expect(forgotten).toStrictEqual([key])
    expect([state.proposals.size, state.upgrades.size, state.announcedIds.size]).toStrictEqual([1, 0, 0])
  })

  it.each<[string, Partial<Upgrade>]>([
    ['waits', { status: 'scheduled' }],
    ['is in progress', { status: 'in_progress' }],
    ['ended just now', { status: 'completed', completedAt: genesis + 99n }],
    ['failed just now', { status: 'failed', completedAt: genesis + 60n }],
    ['was blocked by a file just now', { status: 'refused', blocked: true, completedAt: genesis + 60n }],
  ])('keeps an old proposal whose upgrade %s', (_, parts) => {
    expect(dropped(draftOf([over], [upgrade('1', 'v2', 200, parts)]))).toStrictEqual([])
  })

  it.each(['refused', 'past', 'pending'] as const)(
    'drops a proposal beyond maxCount together with its upgrade that is %s',
    (status) => {
      const turn = draftOf([over, proposal('2')], [upgrade('1', 'v2', 200, { status, completedAt: genesis + 99n })])
      expect(forget(turn, { maxAge: 10 ** 9, maxCount: 1 }).forgotten).toStrictEqual([key])
    },
  )

  it('keeps an open proposal with a plan of the operator beyond maxCount', () => {
    const turn = draftOf(
      [proposal('1'), proposal('2')],
      [upgrade('1', 'v2', 200, { status: 'pending', origin: 'operator' })],
    )
    expect(forget(turn, { maxCount: 1 }).forgotten).toStrictEqual([])
  })

  it('keeps an old passed proposal during a backlog, since its plan was not judged yet', () => {
    const unjudged = (backlog: bigint, status: Proposal['status']): readonly string[] => {
      const draft = draftOf([{ ...over, status }])
      const { state } = draft
      return dropped({ ...draft, state: { ...state, health: { ...state.health, backlog } } })
    }
    expect(unjudged(5n, 'executed')).toStrictEqual([])
    expect(unjudged(5n, 'rejected')).toStrictEqual([key])
    expect(unjudged(0n, 'executed')).toStrictEqual([key])
  })

  it('drops an old upgrade without a proposal', () => {
    expect(dropped(draftOf([], [upgrade('1', 'v2', 10, { status: 'cancelled', completedAt: genesis })]))).toStrictEqual(
      [key],
    )
    expect(
      dropped(draftOf([], [upgrade('1', 'v2', 10, { status: 'cancelled', completedAt: genesis + 50n })])),
    ).toStrictEqual([])
  })

  it('drops the announced ids of a proposal removed by a reorg, unless it has an upgrade', () => {
    const changes = [change({ type: 'proposalRetracted', proposal: over })]
    expect(forget(draftOf([], [], { changes })).state.announcedIds.size).toBe(0)
    expect(
      dropped(draftOf([], [upgrade('1', 'v2', 200, { status: 'cancelled', completedAt: genesis + 99n })], { changes })),
    ).toStrictEqual([])
  })

  it('drops nothing without a reading, which gives the time', () => {
    const draft = draftOf([over], [], { event: { type: 'missed', reading: failure(101) } })
    expect(forget(draft, retention)).toBe(draft)
  })

  it('keeps no more proposals than maxCount', () => {
    expect(forget(draftOf([over, proposal('2')]), { maxCount: 1 }).forgotten).toStrictEqual([key])
  })
})
