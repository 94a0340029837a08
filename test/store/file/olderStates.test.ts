import { join } from 'node:path'
import { lastValueFrom, of, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { exampleOf } from '../../../src/domain/notifications/examples/exampleOf.js'
import { type Notification, subjectOf } from '../../../src/domain/notifications/notification.js'
import { deliverDue } from '../../../src/sinks/outbox/deliverDue.js'
import { decode, encode } from '../../../src/store/codec.js'
import { migrate } from '../../../src/store/file/migrate.js'
import { migrations } from '../../../src/store/file/migrations.js'
import { eventRows } from '../../../src/store/journalRows.js'
import { openStore } from '../../../src/store/openStore.js'
import type { EmbeddedStore } from '../../../src/store/Store.js'
import { proposalRow } from '../../../src/store/proposalSchemas.js'
import { upgradeRow } from '../../../src/store/schemas.js'
import { openSql } from '../../../src/store/sql.js'
import * as given from '../../support/builders.js'
import { notification, temporaryDirectory } from '../../support/storeGiven.js'

const now = 1_000_000
const day = 86_400_000

interface OldRow {
  readonly about: Notification
  readonly handler: string
  readonly state: 'pending' | 'delivered' | 'dead'
  readonly attempts?: number
  /** From now, in milliseconds. */
  readonly due?: number
}

const rows: readonly OldRow[] = [
  { about: notification('1#new'), handler: 'pager', state: 'delivered', attempts: 1 },
  { about: notification('1#new'), handler: 'chat', state: 'pending', attempts: 3, due: 5_000 },
  { about: notification('1#passed', { event: 'proposal_passed' }), handler: 'chat', state: 'pending' },
  { about: notification('2#new'), handler: 'pager', state: 'pending' },
  { about: notification('2#new'), handler: 'chat', state: 'dead', attempts: 100 },
  { about: notification('3#now', { priority: 'critical' }), handler: 'pager', state: 'pending' },
  {
    about: notification('down', { event: 'source_down', priority: 'high', data: { state: 'down' } }),
    handler: 'chat',
    state: 'pending',
  },
]

/** A file of this schema version, as a govstream of that version left it. */
function stateOfVersion(version: number, path: string): void {
  const sql = openSql(path, path)
  migrate(sql, migrations.slice(0, version))
  for (const { about, handler, state, attempts = 0, due = 0 } of rows) {
    sql.run(
      'INSERT OR IGNORE INTO notifications (id, chain, event, priority, at, read, json) VALUES (?, ?, ?, ?, ?, 0, ?)',
      ...[about.id, about.chain, about.event, about.priority, now, encode(about)],
    )
    // Since the ledger, an outbox row has its subject.
    const [columns, values] =
      version < migrations.findIndex((step) => step.includes('ADD COLUMN subject')) + 1
        ? ['', []]
        : [', subject, urgent', [subjectOf(about), about.priority === 'critical' ? 1 : 0]]
    sql.run(
      `INSERT INTO outbox (notification, handler, state, attempts, next_at, at, reason${columns})
      SELECT row, ?, ?, ?, ?, ?, ?${', ?'.repeat(values.length)} FROM notifications WHERE id = ?`,
      ...[handler, state, attempts, now + due, now, attempts > 0 ? 'It was away.' : '', ...values, about.id],
    )
  }
  sql.close()
}

/** What is delivered at a time, by a process that opens the file for it. */
async function deliveredAt(path: string, time: number, before: (store: EmbeddedStore) => unknown = () => 0) {
  const store = openStore({ path })
  const told: string[] = []
  const lane = (name: string) => ({
    handler: { type: name, handle: ({ id }: Notification) => of(told.push(`${name} ${id}`)) },
    timeoutMs: 1_000,
  })
  before(store)
  const handlers = new Map(['pager', 'chat'].map((name) => [name, lane(name)] as const))
  await lastValueFrom(deliverDue({ store, handlers, now: () => time, random: () => 0 }).pipe(toArray()), {
    defaultValue: [],
  })
  const { pending, dead } = store.stats()
  store.close()
  return { told: told.toSorted(), pending, dead }
}

const versions = Array.from({ length: migrations.length }, (_, at) => at + 1)

describe('a state file of an older version', () => {
  it.each(versions)('of %i loses no waiting delivery, and delivers nothing twice', async (version) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    stateOfVersion(version, path)

    expect(await deliveredAt(path, now)).toStrictEqual({
      told: ['chat 1#passed', 'chat down', 'pager 2#new', 'pager 3#now'],
      ...{ pending: 1, dead: 1 },
    })
    // A waiting retry keeps its time, and is not pruned at any age.
    expect(
      await deliveredAt(path, now + 4_999, (store) => store.prune({ maxNotifications: 1, before: now + day })),
    ).toMatchObject({ told: [], pending: 1 })
    expect(await deliveredAt(path, now + 5_000)).toMatchObject({ told: ['chat 1#new'], pending: 0 })
  })

  it.each(versions)('of %i sends its dead letters again, once', async (version) => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    stateOfVersion(version, path)
    await deliveredAt(path, now + 5_000)

    const again = await deliveredAt(path, now + 6_000, (store) => store.revive('all', now + 6_000))
    expect(again).toStrictEqual({ told: ['chat 2#new'], pending: 0, dead: 0 })
    expect(await deliveredAt(path, now + 7_000)).toStrictEqual({ told: [], pending: 0, dead: 0 })
  })

  it.each(['new_proposal', 'upgrade_scheduled', 'source_down'] as const)(
    'from before the ledger has the subject of %s: it waits for an earlier one of its subject',
    (event) => {
      using directory = temporaryDirectory()
      const path = join(directory.path, 'a.db')
      const about = {
        ...exampleOf(event, { chain: 'local', system: 'governor', contract: '0xc0ffee', now }),
        priority: 'high',
      }
      const sql = openSql(path, path)
      migrate(sql, migrations.slice(0, 7))
      for (const id of ['first', 'second']) {
        sql.run(
          'INSERT INTO notifications (id, chain, event, priority, at, read, json) VALUES (?, ?, ?, ?, ?, 0, ?)',
          ...[id, 'local', event, about.priority, now, encode({ ...about, id })],
        )
        sql.run(
          `INSERT INTO outbox (notification, handler, state, attempts, next_at, at, reason)
          SELECT row, 'chat', 'pending', 0, ?, ?, '' FROM notifications WHERE id = ?`,
          ...[now, now, id],
        )
      }
      sql.close()
      const store = openStore({ path })
      const [first] = store.due(now, 1, 'chat')
      store.postpone(first!, now + 9_000, { reason: 'It is away.' })

      expect(store.due(now + 8_999, 9, 'chat')).toStrictEqual([])
      expect(store.due(now + 9_000, 9, 'chat').map(({ notification: { id } }) => id)).toStrictEqual(['first', 'second'])
      store.close()
    },
  )
})

it('a state file without the times of holds delivers what a clock far ahead held, as one bundle', async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  const ahead = now + 365 * day
  const sql = openSql(path, path)
  migrate(sql, migrations.slice(0, 21))
  for (const id of ['first', 'second']) {
    sql.run(
      'INSERT INTO notifications (id, chain, event, priority, at, read, json) VALUES (?, ?, ?, ?, ?, 0, ?)',
      ...[id, 'local', 'new_proposal', 'medium', ahead, encode(notification(id))],
    )
    sql.run(
      `INSERT INTO held (notification, handler, subject, release_at, bundle)
      SELECT row, 'chat', 'local/0xa1/7', ?, '["0","local"]' FROM notifications WHERE id = ?`,
      ...[ahead + 30_000, id],
    )
  }
  sql.close()

  // No route holds it now.
  expect(await deliveredAt(path, now)).toStrictEqual({ told: ['chat first'], pending: 0, dead: 0 })
})

describe('a state file from before reasons were structured', () => {
  const reason = (host: string): string => `${host} names no fork after 0x5167e2a6, and is not ready for it.`
  const hosts = ['a.example:8545', 'a.example:8545 (2)']
  const plan = { name: 'fork-0x07c9462e', time: 1_800_000_000n }

  it('is migrated with the nodes that are not ready, and the reasons that block a plan', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const sql = openSql(path, path)
    migrate(sql, migrations.slice(0, 20))
    const finding = { plan, origin: 'chain', problems: [], unready: hosts.map(reason) }
    const fork = { ...given.proposal('1'), announced: true, finding }
    const { revision: round, ...known } = given.upgrade('1', 'v2', 900)
    const doubt = 'Nobody knows. Nothing is written before that is known.'
    const rival = 'Proposal 3 already has the upgrade v3 at height 900.'
    const reasons = ['It is back.', ...hosts.map(reason), doubt]
    for (const [key, status, said] of [
      ['waits', 'scheduled', reasons],
      ['refused', 'refused', [rival, 'Late.']],
      ['over', 'completed', []],
    ] as const)
      sql.run(
        `INSERT INTO upgrades (chain, key, status, json) VALUES ('local', ?, ?, ?)`,
        ...[key, status, encode({ ...known, round, key, status, reasons: said })],
      )
    sql.run(
      `INSERT INTO proposals (chain, key, status, type, closed, announced, json) VALUES ('local', '1', '', '', 0, 1, ?)`,
      encode(fork),
    )
    const change = { type: 'detailsRead', chain: 'local', at: 7n, time: 9n, proposal: fork }
    sql.run(`INSERT INTO journal (chain, type, json) VALUES ('local', 'change', ?)`, encode(change))
    migrate(sql)

    const rowsOf = <T>(table: string, schema: z.ZodMiniType<T>): readonly T[] =>
      sql
        .all(z.object({ json: z.string() }), `SELECT json FROM ${table} ORDER BY rowid`)
        .map(({ json }) => decode(schema, json, { sql: { file: path, noteDamage: () => undefined }, row: table }))
    const unready = hosts.map((host) => ({ host, reason: reason(host) }))
    const [waits, refused, over] = rowsOf('upgrades', upgradeRow)
    expect(waits).toMatchObject({ status: 'scheduled', reasons, unready, heldBack: doubt })
    expect(refused).toMatchObject({ rivals: [{ reason: rival }], reasons: [rival, 'Late.'] })
    expect(over).toStrictEqual({ ...given.upgrade('1', 'v2', 900), key: 'over', status: 'completed', reasons: [] })
    expect(rowsOf('proposals', proposalRow)).toMatchObject([{ finding: { plan, unready } }])
    expect(rowsOf('journal', eventRows.change)).toMatchObject([{ change: { proposal: { finding: { unready } } } }])
    sql.close()
  })
})
