import Database from 'libsql'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ChainState } from '../../src/domain/chainState.js'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import { openStore } from '../../src/store/openStore.js'
import { at, holding, proposal, queueing, state, temporaryDirectory, turn, upgrade } from '../support/storeGiven.js'

const nobody = (): readonly string[] => []
const first = proposal('1')
const second = proposal('2', { status: 'executed' })
const announcedIds = new Map([[keyOf(first), new Set(['a', 'b'])]])

describe('load', () => {
  it('returns nothing for a chain that was never committed', () => {
    using directory = temporaryDirectory()
    const store = openStore({ path: join(directory.path, 'a.db') })

    expect(store.load('local')).toBeUndefined()
    expect(store.chains()).toStrictEqual([])
  })

  it('returns what another process committed, in the same order', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const full = state({
      cursor: { block: '12', seen: [1, null, true] },
      lastGoodAt: 5,
      nodeVersion: 'v1',
      proposalsReadTo: 9n,
      proposals: holding(second, first),
      upgrades: queueing(upgrade('1')),
      announcedIds,
      lastVote: { block: 3n, index: 0 },
      caughtUpAt: { head: 10n, time: 5 },
    })
    openStore({ path }).commit(turn({ state: full }), nobody)
    const loaded = openStore({ path }).load('local')

    expect(loaded).toStrictEqual(full)
    expect([...(loaded?.proposals.keys() ?? [])]).toStrictEqual([keyOf(second), keyOf(first)])
  })

  it('keeps chains separate and lists them by name', () => {
    const store = openStore({ path: ':memory:' })
    const other = state({ chain: 'alpha', proposals: holding(proposal('1', { chain: 'alpha' })) })
    const local = state({ proposals: holding(first) })
    store.commit(turn({ state: local }), nobody)
    store.commit(turn({ state: other }), nobody)

    expect(store.chains()).toStrictEqual(['alpha', 'local'])
    expect(store.load('local')).toStrictEqual(local)
    expect(store.load('alpha')).toStrictEqual(other)
  })
})

describe('commit', () => {
  it('removes what the state does not hold, but keeps the upgrade of a forgotten proposal if the state has it', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    const upgrades = queueing(upgrade('1'))
    const before = state({ proposals: holding(first, second), upgrades, announcedIds })
    store.commit(turn({ state: before }), nobody)
    const after = state({ proposals: holding(second), upgrades })
    store.commit(turn({ state: after, forgotten: [keyOf(first)] }, before), nobody)

    expect(openStore({ path }).load('local')).toStrictEqual(after)
  })

  it('removes a field that the state no longer has, even if nothing else changed', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    const after = state()
    const file = { key: keyOf(first), name: 'v2', height: 100 }
    store.commit(turn({ state: { ...after, file } }), nobody)
    store.commit(turn({ state: after }), nobody)

    expect(openStore({ path }).load('local')).not.toHaveProperty('file')
  })

  it('writes a changed proposal that no change names', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    store.commit(turn({ state: state({ proposals: holding(first) }) }), nobody)
    const after = state({ proposals: holding({ ...first, votingEndsAt: 99n }) })
    store.commit(turn({ state: after }), nobody)

    expect(openStore({ path }).load('local')).toStrictEqual(after)
  })

  it('rewrites nothing that did not change', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    openStore({ path }).commit(turn({ state: state({ proposals: holding(first, second) }) }), nobody)
    const raw = new Database(path)
    raw.exec(`CREATE TABLE writes (key TEXT);
      CREATE TRIGGER seen AFTER UPDATE ON proposals BEGIN INSERT INTO writes VALUES (NEW.key); END;
      CREATE TRIGGER born AFTER INSERT ON proposals BEGIN INSERT INTO writes VALUES (NEW.key); END`)
    const store = openStore({ path })
    const before = store.load('local') ?? state()
    const proposals = new Map(before.proposals).set(keyOf(second), { ...second, readAt: 11n })
    store.commit(turn({ state: { ...before, proposals } }, before), nobody)

    expect(raw.prepare('SELECT key FROM writes').all()).toStrictEqual([{ key: keyOf(second) }])
  })

  it('writes everything if another process has written since', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const [one, other] = [openStore({ path }), openStore({ path })]
    const mine = state({ proposals: holding(first), announcedIds })
    one.commit(turn({ state: mine }), nobody)
    other.commit(turn({ state: state({ proposals: holding(second) }) }), nobody)
    one.commit(turn({ state: mine, time: 1_001 }), nobody)

    expect(openStore({ path }).load('local')).toStrictEqual(mine)
  })

  it('writes turns that changed only the health once in five seconds', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    const polledAt = (time: number, over: Partial<ChainState> = {}): number | undefined => {
      const base = state({ lastGoodAt: time, ...over })
      store.commit(turn({ state: { ...base, health: { ...base.health, lastGoodAt: time } }, time }), nobody)
      return openStore({ path, readOnly: true }).load('local')?.lastGoodAt
    }

    expect([polledAt(10_000), polledAt(12_000), polledAt(14_999), polledAt(15_000), polledAt(16_000)]).toStrictEqual([
      10_000, 10_000, 10_000, 15_000, 15_000,
    ])
    expect(polledAt(16_100, { head: at(11n) })).toBe(16_100)
    expect(polledAt(16_200, { head: at(11n), cursor: 'x' })).toBe(16_200)
    expect(polledAt(16_300, { head: at(11n), cursor: 'x' })).toBe(16_200)
    // The clock of the host was set back.
    expect(polledAt(3_000, { head: at(11n), cursor: 'x' })).toBe(3_000)
  })

  it('writes at once that a chain went down', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const store = openStore({ path })
    const up = state()
    store.commit(turn({ state: up }), nobody)
    store.commit(turn({ state: { ...up, health: { ...up.health, state: 'down' } }, time: 1_001 }), nobody)

    expect(openStore({ path }).load('local')?.health.state).toBe('down')
  })
})
