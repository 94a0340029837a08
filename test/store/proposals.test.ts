import Database from 'libsql'
import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { itemsMatching } from '../../src/cli/output/shortIds.js'
import {
  isUnderWay,
  keyOf,
  type Proposal,
  proposalStatuses,
  proposalTypes,
} from '../../src/domain/proposals/proposal.js'
import { selectProposals, statisticsOf } from '../../src/domain/proposals/selectProposals.js'
import { encode } from '../../src/store/codec.js'
import { migrate } from '../../src/store/file/migrate.js'
import { migrations } from '../../src/store/file/migrations.js'
import { openStore } from '../../src/store/openStore.js'
import { openSql } from '../../src/store/sql.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { holding, proposal, queueing, state, temporaryDirectory, turn, upgrade } from '../support/storeGiven.js'

const chains = ['alpha', 'local', 'local-2']
const ids = ['1', '2', '12345678901234567890', '12345678901234567899', '123456', `0x${'ab'.repeat(20)}`, '🜁'.repeat(9)]
const given = fc.uniqueArray(
  fc.record({
    chain: fc.constantFrom(...chains),
    id: fc.constantFrom(...ids),
    status: fc.constantFrom(...proposalStatuses),
    type: fc.constantFrom(...proposalTypes),
    block: fc.option(fc.bigInt(0n, 5n), { nil: undefined }),
    effect: fc.constantFrom('none', 'call'),
    announced: fc.boolean(),
  } as const),
  { selector: ({ chain, id }) => `${chain}/${id}`, maxLength: 15 },
)
type Given = Parameters<Parameters<typeof given.map>[0]>[0][number]

function proposalOf({ chain, id, status, type, block, effect, announced }: Given): Proposal {
  const actions = [{ target: '0x1', value: 0n, selector: '0x', effect }]
  const origin = block === undefined ? {} : { origin: { block, hash: '0x', index: Number(block) % 2 } }
  return proposal(id, { chain, status, type, actions, ...origin, ...(announced && { announced }) })
}

/** A store that tracks these, and its proposals in the order of the chains. */
function tracking(all: readonly Proposal[]): { readonly store: EmbeddedStore; readonly known: readonly Proposal[] } {
  const store = openStore({ path: ':memory:' })
  for (const chain of [...chains].reverse()) {
    const proposals = holding(...all.filter((one) => one.chain === chain))
    store.commit(turn({ state: state({ chain, proposals }) }), () => [])
  }
  return { store, known: chains.flatMap((chain) => all.filter((one) => one.chain === chain)) }
}

const filters = fc.record(
  {
    chain: fc.constantFrom(...chains, 'nowhere'),
    id: fc.constantFrom(...ids),
    status: fc.constantFrom(...proposalStatuses),
    type: fc.constantFrom(...proposalTypes),
    active: fc.boolean(),
    limit: fc.nat(5),
    after: fc.constantFrom(...chains.flatMap((chain) => ids.map((id) => keyOf(proposal(id, { chain }))))),
  },
  { requiredKeys: [] },
)

describe('find', () => {
  it('returns the same as a filter over all proposals, for any filter', () => {
    fc.assert(
      fc.property(given, filters, (all, filter) => {
        const { store, known } = tracking(all.map(proposalOf))
        expect([...store.find(filter)]).toStrictEqual(selectProposals(holding(...known), filter))
      }),
    )
  })

  it('keeps the requested order of chains, and sorts newest first within each if asked', () => {
    const at = (id: string, block: bigint, chain = 'local'): Proposal =>
      proposal(id, { chain, origin: { block, hash: '0x', index: 0 } })
    const { store } = tracking([at('1', 5n), at('2', 9n), at('3', 5n), at('4', 1n, 'alpha')])
    const order = 'newest'
    const idsOf = (names: readonly string[]): readonly string[] =>
      [...store.find({}, { chains: names, order })].map(({ id }) => id)

    expect(idsOf(['local', 'alpha'])).toStrictEqual(['2', '1', '3', '4'])
    expect(idsOf(['alpha'])).toStrictEqual(['4'])
  })
})

describe('findByPrefix', () => {
  it('returns the same as a search through all ids', () => {
    const starts = [
      ...ids,
      '1234',
      '123',
      '1234567890123456789…',
      'loca',
      'local/',
      'local/1',
      'local/12345678',
      'al',
      'zzzz',
    ]
    const whole = ['local/1', keyOf(proposal('2', { chain: 'alpha' })), 'local-2/0xc0ffee/12345']
    fc.assert(
      fc.property(given, fc.constantFrom(...starts, ...whole), (all, start) => {
        const { store, known } = tracking(all.map(proposalOf))
        const meant = itemsMatching(known, start, (one) => [one.id, `${one.chain}/${one.id}`, keyOf(one)])
        expect(new Set([...store.findByPrefix(start)].map(keyOf))).toStrictEqual(new Set(meant.map(keyOf)))
      }),
      { numRuns: 300 },
    )
  })
})

describe('counts and outline', () => {
  it('count the tracked proposals without reading them', () => {
    fc.assert(
      fc.property(given, (all) => {
        const { store, known } = tracking(all.map(proposalOf))
        const { total, byStatus, byType } = statisticsOf(holding(...known))
        const open = known.filter(isUnderWay).length

        expect(store.counts()).toStrictEqual({ total, open, byStatus, byType })
        expect(chains.reduce((sum, chain) => sum + (store.outline(chain)?.open ?? 0), 0)).toBe(open)
        expect(chains.reduce((sum, chain) => sum + store.counts(chain).total, 0)).toBe(total)
      }),
    )
  })

  it('return a chain without its proposals', () => {
    const store = openStore({ path: ':memory:' })
    const { proposals, announcedIds, ...rest } = state({
      proposals: holding(proposal('1', { system: 'cosmos' })),
      upgrades: queueing(upgrade('1')),
    })
    store.commit(turn({ state: { ...rest, proposals, announcedIds } }), () => [])

    expect(store.outline('local')).toStrictEqual({ ...rest, open: 1, system: 'cosmos' })
    expect(store.outline('other')).toBeUndefined()
  })
})

it('proposal and adjacentIds find a proposal by its key, and the neighbours of an id', () => {
  const { store } = tracking([proposal('b'), proposal('c', { chain: 'alpha' }), proposal('e')])

  expect(store.proposal('local/0xc0ffee/e')).toStrictEqual(proposal('e'))
  expect([store.proposal('local/0xc0ffee/x'), store.proposal('x')]).toStrictEqual([undefined, undefined])
  expect([store.adjacentIds('b'), store.adjacentIds('c'), store.adjacentIds('d')]).toStrictEqual([
    ['c'],
    ['b', 'e'],
    undefined,
  ])
})

it('a state of an older version finds and counts its proposals', () => {
  fc.assert(
    fc.property(given, (all) => {
      using directory = temporaryDirectory()
      const path = join(directory.path, 'a.db')
      // Announcements were unknown then.
      const { store: fresh, known } = tracking(all.map((one) => proposalOf({ ...one, announced: false })))
      const old = openSql(path, path)
      migrate(old, migrations.slice(0, 3))
      for (const { chain, health } of chains.map((name) => state({ chain: name })))
        old.run(
          'INSERT INTO chains VALUES (?, 1, ?)',
          chain,
          encode({ chain, synced: true, blockTime: { samples: [] }, health }),
        )
      for (const one of known) {
        const { chain, status, type } = one
        const closed = ['submitted', 'voting', 'passed', 'queued'].includes(status) ? 0 : 1
        old.run(
          'INSERT INTO proposals (chain, key, status, type, closed, json) VALUES (?, ?, ?, ?, ?, ?)',
          ...[chain, keyOf(one), status, type, closed, encode(one)],
        )
      }
      old.close()

      const store = openStore({ path })
      expect(store.counts()).toStrictEqual(fresh.counts())
      const order = 'newest'
      expect([...store.find({}, { chains, order })]).toStrictEqual([...fresh.find({}, { chains, order })])
      for (const id of ids) expect([...store.findByPrefix(id)]).toStrictEqual([...fresh.findByPrefix(id)])
      store.close()
    }),
    { numRuns: 8 },
  )
})

it('an older row of invalid JSON is reported when it is read, not before', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  const old = openSql(path, path)
  migrate(old, migrations.slice(0, 3))
  old.run(
    `INSERT INTO proposals (chain, key, status, type, closed, json) VALUES ('local', 'local/1', 'voting', 'text', 0, '{"id')`,
  )
  old.close()

  const store = openStore({ path })
  expect(() => store.proposal('local/1')).toThrow('holds a row that cannot be read, the proposal local/1')
  store.close()
  expect(new Database(path).prepare('SELECT count(*) AS n FROM proposals').all()).toStrictEqual([{ n: 1 }])
})
