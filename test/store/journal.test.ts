import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../src/domain/chainState.js'
import type { JournalEntry } from '../../src/domain/journal/journalEvent.js'
import type { NotificationRoute } from '../../src/domain/notifications/routing.js'
import { openStore, type StoreOptions } from '../../src/store/openStore.js'
import { openSql } from '../../src/store/sql.js'
import { journal } from '../../src/store/journal.js'
import { migrate } from '../../src/store/file/migrate.js'
import { journalEvent } from '../support/anyState.js'
import {
  announcement,
  holding,
  move,
  proposal,
  queueing,
  state,
  temporaryDirectory,
  turn,
  upgrade,
} from '../support/storeGiven.js'

const nobody: NotificationRoute = () => []
const all = 1_000_000

/** A state file in its own directory, and how to open it. */
function given() {
  const directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  const open = (options: Partial<StoreOptions> = {}) => openStore({ path, journal: 100, ...options })
  const rows = (): unknown =>
    new Database(path)
      .prepare(
        `SELECT (SELECT count(*) FROM journal) AS entries, (SELECT count(*) FROM journal_bodies) AS bodies,
        (SELECT count(*) FROM sqlite_sequence WHERE name = 'journal') AS begun`,
      )
      .all()[0]
  return { path, open, rows, [Symbol.dispose]: () => directory[Symbol.dispose]() }
}

const voted = (yes: bigint): Turn => {
  const seen = proposal('1', { tally: { yes, no: 0n, abstain: 0n, unit: 'votes' } })
  return turn({
    state: state({ proposals: holding(seen) }),
    changes: [{ type: 'tallyMoved', chain: 'local', at: yes, time: 20n, proposal: seen }],
  })
}
const countOf = ({ event }: JournalEntry): unknown =>
  event.type === 'change' && event.change.type === 'tallyMoved' ? event.change.proposal.tally?.yes : event.type

describe('the journal of the state', () => {
  it('holds the changes of a turn, then its upgrades, then its notifications, numbered consecutively', () => {
    using files = given()
    const store = files.open()
    const { after, newest } = store.journalBounds()!
    const before = state({ upgrades: queueing(upgrade('1'), upgrade('2')) })
    const moved = upgrade('1', { status: 'completed' })
    store.commit(
      turn(
        {
          ...voted(3n),
          state: state({ proposals: voted(3n).state.proposals, upgrades: queueing(moved) }),
          moves: [move(moved)],
          announcements: [announcement('1'), announcement('1')],
          touched: { proposals: [], upgrades: [moved.key, upgrade('2').key], sightings: [], announcedIds: [] },
        },
        before,
      ),
      nobody,
    )

    expect(after).toBe(newest)
    expect(store.journalSince(after, all)).toStrictEqual([
      { id: newest + 1, event: { type: 'change', change: voted(3n).changes[0] } },
      { id: newest + 2, event: { type: 'upgrades', chain: 'local', upgrades: [moved], gone: [upgrade('2').key] } },
      // The second one is the same notification, and is stored once.
      { id: newest + 3, event: { type: 'notification', notification: announcement('1').notification } },
    ])
    expect(store.journalBounds()).toStrictEqual({ after, newest: newest + 3 })
  })

  it('marks a silenced notification as the inbox does', () => {
    using files = given()
    const store = files.open()
    const { id } = store.addSilence({ match: {}, until: 9_000, comment: '', by: 'ada' }, 0)
    store.commit(turn({ announcements: [announcement('1')] }), () => ({ to: [], silencedBy: id }))

    const [inbox] = store.notifications({})
    expect(inbox).toMatchObject({ silenced: id })
    expect(store.journalSince(0, all).map(({ event }) => event)).toStrictEqual([
      { type: 'notification', notification: inbox },
    ])
  })

  it('has no rows if disabled', () => {
    using files = given()
    const store = openStore({ path: files.path })
    store.commit({ ...voted(1n), announcements: [announcement('1')] }, nobody)

    expect(files.rows()).toStrictEqual({ entries: 0, bodies: 0, begun: 0 })
    expect([store.journalBounds(), store.journalSince(0, all)]).toStrictEqual([undefined, []])
  })

  it('is read in pages', () => {
    using files = given()
    const store = files.open()
    for (const yes of [1n, 2n, 3n]) store.commit(voted(yes), nobody)
    const page = store.journalSince(store.journalBounds()!.after, 2)

    expect(page.map(countOf)).toStrictEqual([1n, 2n])
    expect(store.journalSince(page[1]!.id, 2).map(countOf)).toStrictEqual([3n])
  })

  it('can be read by another process', () => {
    using files = given()
    files.open().commit(voted(7n), nobody)
    const reader = openStore({ path: files.path, readOnly: true })

    expect(reader.journalSince(reader.journalBounds()!.after, all).map(countOf)).toStrictEqual([7n])
  })

  it('returns every event unchanged', () => {
    const sql = openSql(':memory:', 'a.db')
    migrate(sql)
    const kept = journal(sql, 10)
    kept.begin()
    fc.assert(
      fc.property(fc.array(journalEvent, { minLength: 1, maxLength: 4 }), (events) => {
        const { newest } = kept.journalBounds()!
        sql.transaction(() => kept.append(events))
        const read = kept.journalSince(newest, all).map(({ event }) => event)

        expect(isDeepStrictEqual(read, events)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a number of the journal', () => {
  it('is used once, across pruning, failures and restarts, and the bound is kept', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.constantFrom('commit', 'burst', 'fail', 'restart', 'crash'), { maxLength: 12 }),
        (bound, steps) => {
          using files = given()
          let store = files.open({ journal: bound })
          const { newest: start } = store.journalBounds()!
          const told = new Map<number, unknown>()
          let yes = 0n
          for (const step of steps) {
            if (step === 'restart') store.close()
            // A crash leaves the file as it is.
            if (step === 'restart' || step === 'crash') store = files.open({ journal: bound })
            else if (step === 'fail') {
              const failing = { ...voted(999n), announcements: [announcement(`f${yes}`)] }
              const noRoute = (): never => {
                throw new RangeError('no route')
              }
              expect(() => store.commit(failing, noRoute)).toThrow(RangeError)
            } else {
              const turns = Array.from({ length: step === 'burst' ? 4 : 1 }, () => voted((yes += 1n)))
              store.commit({ ...turns[0]!, changes: turns.flatMap(({ changes }) => changes) }, nobody)
            }
            const { after, newest } = store.journalBounds()!
            const kept = store.journalSince(after, all)

            expect(newest).toBe(start + Number(yes))
            expect(kept.map(({ id }) => id)).toStrictEqual(kept.map((_, index) => after + 1 + index))
            expect(kept).toHaveLength(Math.min(bound, Number(yes)))
            for (const entry of kept) {
              expect(countOf(entry)).toBe(BigInt(entry.id - start))
              expect(told.get(entry.id) ?? countOf(entry)).toBe(countOf(entry))
              told.set(entry.id, countOf(entry))
            }
          }
          expect(files.rows()).toMatchObject({ bodies: Math.min(1, Number(yes)) })
          store.close()
        },
      ),
      { numRuns: 12 },
    )
  })

  it('stays a safe integer', () => {
    for (let round = 0; round < 20; round += 1) {
      const sql = openSql(':memory:', 'a.db')
      migrate(sql)
      const kept = journal(sql, 1)
      kept.begin()
      expect(kept.journalBounds()!.newest).toBeGreaterThan(0)
      expect(kept.journalBounds()!.newest + 1e12).toBeLessThan(Number.MAX_SAFE_INTEGER)
    }
  })

  it('belongs to one journal: after turns without one, the next starts elsewhere', () => {
    using files = given()
    const first = files.open()
    first.commit(voted(1n), nobody)
    const old = first.journalBounds()!
    first.close()
    const without = openStore({ path: files.path })
    without.commit(voted(2n), nobody)
    expect(files.rows()).toStrictEqual({ entries: 0, bodies: 0, begun: 0 })
    without.close()
    const { after, newest } = files.open().journalBounds()!

    expect(old.newest >= after && old.newest <= newest).toBe(false)
  })

  it('continues if there were no events without a journal', () => {
    using files = given()
    const first = files.open()
    first.commit(voted(1n), nobody)
    const old = first.journalBounds()
    first.close()
    const without = openStore({ path: files.path })
    without.commit(turn({ time: 90_000 }), nobody)
    without.close()

    expect(files.open().journalBounds()).toStrictEqual(old)
  })
})

describe('the long texts of a proposal', () => {
  it('are stored once for all tallies of its vote, and removed with the last', () => {
    using files = given()
    const store = files.open({ journal: 50 })
    const one = proposal('1', { description: 'x'.repeat(20_000) })
    const change = (over: object) => ({
      type: 'tallyMoved' as const,
      chain: 'local',
      at: 1n,
      time: 1n,
      proposal: { ...one, ...over },
    })
    for (let yes = 0; yes < 40; yes += 1) store.commit(turn({ changes: [change({})] }), nobody)
    expect(files.rows()).toMatchObject({ entries: 40, bodies: 1 })
    for (let yes = 0; yes < 30; yes += 1) store.commit(turn({ changes: [change({ description: 'new' })] }), nobody)
    expect(files.rows()).toMatchObject({ entries: 50, bodies: 2 })
    expect(store.journalSince(0, all).map(({ event }) => event.type === 'change' && event.change)).toStrictEqual([
      ...Array.from({ length: 20 }, () => change({})),
      ...Array.from({ length: 30 }, () => change({ description: 'new' })),
    ])
    for (let yes = 0; yes < 20; yes += 1) store.commit(turn({ changes: [change({ description: 'new' })] }), nobody)
    expect(files.rows()).toMatchObject({ entries: 50, bodies: 1 })
  })
})
