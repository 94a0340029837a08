import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Change } from '../../../src/domain/proposals/change.js'
import type { Proposal, Vote } from '../../../src/domain/proposals/proposal.js'
import type { EmbeddedStore } from '../../../src/store/Store.js'
import { openStore } from '../../../src/store/openStore.js'
import { migrations } from '../../../src/store/file/migrations.js'
import { migrate } from '../../../src/store/file/migrate.js'
import { openSql } from '../../../src/store/sql.js'
import { trailBounds } from '../../../src/store/sql/writeTrail.js'
import { holding, proposal, state, temporaryDirectory, turn } from '../../support/storeGiven.js'

const seven = proposal('7')
const vote = (voter: string, block: bigint, over: Partial<Vote> = {}): Vote => ({
  chain: 'local',
  contract: seven.contract,
  id: '7',
  voter,
  choice: 'yes',
  weight: 5n,
  reason: 'Because.',
  block,
  index: 0,
  ...over,
})
const cast = (...votes: readonly Vote[]): readonly Change[] =>
  votes.map((one) => ({ type: 'voteCast', vote: one, chain: 'local', at: one.block, time: one.block * 2n }))
const appeared = (one: Proposal, at: bigint): Change => ({
  type: 'proposalAppeared',
  proposal: one,
  backfill: false,
  chain: 'local',
  at,
  time: at * 2n,
})
const moved = (one: Proposal, from: Proposal['status'], at: bigint): Change => ({
  type: 'statusMoved',
  proposal: one,
  from,
  chain: 'local',
  at,
  time: at * 2n,
})

let store: EmbeddedStore
let path: string
beforeEach(() => {
  const directory = temporaryDirectory()
  path = join(directory.path, 'a.db')
  store = openStore({ path })
  onTestFinished(() => {
    store.close()
    directory[Symbol.dispose]()
  })
})
const commit = (
  changes: readonly Change[],
  over: Partial<Parameters<typeof turn>[0]> = {},
  held: readonly Proposal[] = [seven],
): void =>
  store.commit(turn({ state: state({ proposals: holding(...held) }), changes, ...over }, store.load('local')), () => [])

describe('votes', () => {
  it('are stored completely, in chain order, and survive a restart', () => {
    commit([
      appeared(seven, 1n),
      ...cast(
        vote('0xb', 9n, { index: 3 }),
        vote('0xa', 9n, { index: 1 }),
        vote('0xc', 12n, { choice: 'no', weight: 2n ** 200n }),
      ),
    ])
    store.close()
    store = openStore({ path })

    expect(store.votes(seven)).toStrictEqual([
      vote('0xa', 9n, { index: 1 }),
      vote('0xb', 9n, { index: 3 }),
      vote('0xc', 12n, { choice: 'no', weight: 2n ** 200n }),
    ])
    expect(store.votes(proposal('8'))).toStrictEqual([])
  })

  it('committed twice are stored once', () => {
    commit(cast(vote('0xa', 9n)))
    commit(cast(vote('0xa', 9n)))

    expect(store.votes(seven)).toHaveLength(1)
  })

  it('above the block of a reorg are removed, in the commit that adds those of the other branch', () => {
    commit(cast(vote('0xa', 9n), vote('0xb', 10n)))
    commit(cast(vote('0xc', 10n)), { rewoundTo: 9n })

    expect(store.votes(seven).map(({ voter }) => voter)).toStrictEqual(['0xa', '0xc'])
  })

  it('are limited to the newest thousand of each proposal', () => {
    commit(cast(...Array.from({ length: trailBounds.votes + 5 }, (_, index) => vote(`0x${index}`, 9n, { index }))))
    commit(cast(vote('0xlast', 10n)))

    expect(store.votes(seven)).toHaveLength(trailBounds.votes)
    expect(store.votes(seven)[0]?.index).toBe(6)
    expect(store.votes(seven).at(-1)?.voter).toBe('0xlast')
  })

  it('are read as far as they are asked for, the newest of them, with the names of all voters', () => {
    commit(cast(vote('0xa', 9n, { index: 1 }), vote('0xb', 9n, { index: 1 }), vote('0xa', 10n), vote('0xc', 11n)))
    const seen = store.votes(seven)

    expect(seen.map(({ voter }) => voter)).toStrictEqual(['0xa', '0xb', '0xa', '0xc'])
    expect([1, 3, 9].map((limit) => store.votes(seven, limit))).toStrictEqual([seen.slice(-1), seen.slice(-3), seen])
    expect(store.voters(seven).toSorted()).toStrictEqual(['0xa', '0xb', '0xc'])
    expect(store.voters(proposal('8'))).toStrictEqual([])
  })

  it('are removed with their proposal, and not stored for an untracked one', () => {
    commit(cast(vote('0xa', 9n), vote('0xa', 9n, { id: '8' })))
    expect(store.votes(proposal('8'))).toStrictEqual([])
    commit([], { forgotten: ['local/0xc0ffee/7'] }, [])

    expect(store.votes(seven)).toStrictEqual([])
  })

  it('are removed with a proposal that a reorg retracted', () => {
    commit(cast(vote('0xa', 9n)))
    commit([{ type: 'proposalRetracted', proposal: seven, chain: 'local', at: 9n, time: 18n }], { rewoundTo: 8n }, [])

    expect(store.votes(seven)).toStrictEqual([])
    expect(store.moves(seven)).toStrictEqual([])
  })
})

describe('moves', () => {
  const submitted = proposal('7', {
    status: 'submitted',
    submittedAt: 3n,
    origin: { block: 1n, hash: '0x1', index: 0 },
  })
  const passed = proposal('7', { status: 'passed' })

  it('have each status with the block read at that time; the first one with the block of the proposal', () => {
    commit([appeared(submitted, 4n)])
    commit([moved(seven, 'submitted', 6n)])
    commit([moved({ ...submitted, status: 'passed', derived: true }, 'voting', 9n)])

    expect(store.moves(seven)).toStrictEqual([
      { status: 'submitted', derived: false, block: 1n, time: 3n },
      { status: 'voting', derived: false, block: 6n, time: 12n },
      { status: 'passed', derived: true, block: 9n, time: 18n },
    ])
  })

  it('undone by a reorg are removed, and repeated ones are stored once', () => {
    commit([appeared(seven, 4n)])
    commit([moved(passed, 'voting', 9n)])
    commit([moved(seven, 'passed', 9n)], { rewoundTo: 8n })

    expect(store.moves(seven)).toStrictEqual([{ status: 'voting', derived: false, block: 4n, time: 8n }])
  })

  it('are limited to the newest hundred', () => {
    for (let at = 1n; at <= 60n; at += 1n) commit([moved(passed, 'voting', at), moved(seven, 'passed', at)])

    expect(store.moves(seven)).toHaveLength(trailBounds.moves)
    expect(store.moves(seven)[0]?.block).toBe(11n)
  })
})

it('a state file from before votes and moves were stored is migrated', () => {
  const old = `${path}-old`
  const sql = openSql(old, old)
  migrate(sql, migrations.slice(0, 1))
  sql.close()
  using upgraded = { store: openStore({ path: old }), [Symbol.dispose]: () => upgraded.store.close() }

  expect(upgraded.store.votes(seven)).toStrictEqual([])
})
