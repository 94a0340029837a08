import fc from 'fast-check'
import { join } from 'node:path'
import { from } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { newChain } from '../../src/domain/newChain.js'
import { countsOf } from '../../src/domain/proposals/archive.js'
import { keyOf, type Proposal } from '../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { pipeStages, stagesOf } from '../../src/streams/pipeStages.js'
import { watchChain, type WatchPorts } from '../../src/streams/watchChain.js'
import { block, chain, proposal, queued, reading, upgrade } from '../support/builders.js'
import { history, longHistory, readingsOf, saidIn } from '../support/histories.js'
import { state, temporaryDirectory, turn } from '../support/storeGiven.js'

const maxAge = 60_000_000
const stages = pipeStages(stagesOf({ retention: { maxAge }, plan: { when: 'never' } }))

function turnsOf(seed: ChainState, readings: readonly GoodReading[], ports: WatchPorts = {}): readonly Turn[] {
  const turns: Turn[] = []
  from(readings)
    .pipe(watchChain(seed, stages, ports))
    .subscribe((one) => turns.push(one))
  return turns
}

const portsOf = (store: EmbeddedStore): WatchPorts => ({
  commit: (one) => store.commit(one, () => []),
  recall: ({ keys, time, surplus }) => [store.recall(chain, { keys, before: time - BigInt(maxAge / 1_000), surplus })],
})

const sorted = (counts: object): unknown =>
  Object.entries(counts)
    .filter(([, count]) => count !== 0)
    .sort()

describe('a resumed chain', () => {
  it('emits and tracks the same as one that stays in memory, wherever it is restarted', () => {
    let archived = 0
    fc.assert(
      fc.property(history, fc.uniqueArray(fc.nat(39), { maxLength: 6 }), (steps, restarts) => {
        const readings = readingsOf(steps)
        const store = openStore({ path: ':memory:' })
        const cuts = [0, ...restarts.sort((a, b) => a - b), readings.length]
        const split = cuts.slice(1).flatMap((end, index) => {
          const seed = store.resume(chain) ?? newChain(chain, 0)
          archived = Math.max(
            archived,
            Object.values(seed.archive?.byStatus ?? {}).reduce((sum, count) => sum + count, 0),
          )
          return turnsOf(seed, readings.slice(cuts[index], end), portsOf(store))
        })
        const whole = turnsOf(newChain(chain, 0), readings)
        const all = whole.at(-1)!.state
        const kept = store.load(chain)!

        expect(saidIn(split)).toStrictEqual(saidIn(whole))
        expect(kept.proposals).toEqual(all.proposals)
        expect(kept.upgrades).toEqual(all.upgrades)
        expect(kept.announcedIds).toEqual(all.announcedIds)
        const resumed = countsOf(store.resume(chain)!)
        expect(sorted(resumed.byStatus)).toStrictEqual(sorted(countsOf(all).byStatus))
        expect(sorted(resumed.byType)).toStrictEqual(sorted(countsOf(all).byType))
      }),
      { numRuns: 10, endOnFailure: true, examples: [[longHistory, [5, 20, 25]]] },
    )
    expect(archived).toBeGreaterThan(100)
  })

  const closed = (id: number, at = id, parts: Partial<Proposal> = {}): Proposal =>
    proposal(String(id), { status: 'rejected', closedAt: { block: BigInt(at), timestamp: BigInt(at) }, ...parts })
  const holding = (...all: readonly Proposal[]): ChainState['proposals'] => new Map(all.map((one) => [keyOf(one), one]))
  const tracking = (over: Partial<ChainState>): EmbeddedStore => {
    const store = openStore({ path: ':memory:' })
    store.commit(turn({ state: state({ chain, proposalsReadTo: 10_000n, ...over }) }), () => [])
    return store
  }

  it('holds what can still change, what a reorg can reach, what has an upgrade, and what closed last', () => {
    const many = Array.from({ length: 300 }, (_, id) => closed(id))
    const special = [
      proposal('open', { status: 'passed', closedAt: { block: 1n, timestamp: 1n } }),
      closed(1_000, 2, { id: 'upgraded' }),
      closed(1_001, 3, { id: 'near', closedAt: { block: 9_744n, timestamp: 3n } }),
    ]
    const upgrades = queued(upgrade('upgraded', 'v2', 1_000, { status: 'completed' }))
    const announcedIds = new Map([
      [keyOf(many[0]!), new Set(['a'])],
      [keyOf(special[1]!), new Set(['b'])],
      ['local', new Set(['c'])],
    ])
    const store = tracking({ proposals: holding(...many, ...special), upgrades, announcedIds })
    const resumed = store.resume(chain)

    expect([...(resumed?.proposals.values() ?? [])].map(({ id }) => id)).toStrictEqual([
      ...many.slice(-64).map(({ id }) => id),
      'open',
      'upgraded',
      'near',
    ])
    expect([...(resumed?.announcedIds.values() ?? [])]).toStrictEqual([new Set(['c']), new Set(['b'])])
    expect(resumed?.archive).toStrictEqual({ byStatus: { rejected: 236 }, byType: { other: 236 } })
    expect(store.recall(chain, { keys: [keyOf(many[0]!)], before: 0n, surplus: 0 })).toStrictEqual({
      proposals: [many[0]],
      announcedIds: [[keyOf(many[0]!), new Set(['a'])]],
    })
  })

  it('is complete until its first sync has caught up', () => {
    const store = tracking({ synced: false, proposals: holding(...Array.from({ length: 300 }, (_, id) => closed(id))) })

    expect(store.resume(chain)?.proposals.size).toBe(300)
    expect(store.resume(chain)?.archive).toBeUndefined()
  })

  it('gets expired proposals from the archive, oldest first, a thousand at a time, and none with an upgrade', () => {
    const many = Array.from({ length: 1_100 }, (_, id) => closed(id))
    const store = tracking({ proposals: holding(...many), upgrades: queued(upgrade('0', 'v0', 1_000)) })
    const idsOf = (before: bigint, surplus: number): readonly string[] =>
      store.recall(chain, { keys: [], before, surplus }).proposals.map(({ id }) => id)

    expect(idsOf(3n, 0)).toStrictEqual(['1', '2'])
    expect(idsOf(0n, 2)).toStrictEqual(['1', '2'])
    expect(idsOf(10_000n, 0)).toHaveLength(1_000)
    expect(idsOf(0n, 5_000)).toHaveLength(1_000)
  })

  it('loses nothing that memory dropped, by a commit or a concurrent write of another process', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const many = Array.from({ length: 300 }, (_, id) => closed(id))
    const [mine, other] = [openStore({ path }), openStore({ path })]
    mine.commit(turn({ state: state({ chain, proposalsReadTo: 10_000n, proposals: holding(...many) }) }), () => [])
    const before = mine.resume(chain)!
    const after = { ...before, head: block(11_000) }
    mine.commit(turn({ state: after }, before), () => [])
    expect(mine.counts(chain).total).toBe(300)

    other.load(chain)
    other.commit(turn({ state: { ...other.load(chain)!, head: block(12_000) } }, other.load(chain)), () => [])
    expect(() => mine.commit(turn({ state: after }, before), () => [])).toThrow(
      `Another process wrote the chain ${chain} into the state file ${path} meanwhile`,
    )
    expect(other.load(chain)).toMatchObject({ head: block(12_000) })
    expect(other.counts(chain).total).toBe(300)
    for (const store of [mine, other]) store.close()
  })

  it('forgets the oldest if more are tracked than allowed', () => {
    const many = Array.from({ length: 300 }, (_, id) =>
      closed(id, id, { closedAt: { block: BigInt(id), timestamp: block(100).timestamp + BigInt(id) } }),
    )
    const store = tracking({ proposals: holding(...many) })
    const seed = store.resume(chain)!
    const crowded = { ...seed, archive: { byStatus: { rejected: 99_938 }, byType: { other: 99_938 } } }
    const [first] = turnsOf(crowded, [reading(11_000)], portsOf(store))

    expect(first?.forgotten).toStrictEqual([keyOf(many[0]!), keyOf(many[1]!)])
    expect(store.counts(chain).total).toBe(298)
  })
})
