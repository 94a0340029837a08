import { randomInt } from 'node:crypto'
import * as z from 'zod/mini'
import { chainOfEvent, type JournalEntry, type JournalEvent, journalTypes } from '../domain/journal/journalEvent.js'
import { keyOf } from '../domain/proposals/proposal.js'
import { decode, encode } from './codec.js'
import type { JournalStore } from './JournalStore.js'
import { bodyRow, eventRows, type ProposalBody, rowOf, withBody } from './journalRows.js'
import type { Sql } from './sql.js'

const numberRow = z.object({ number: z.number() })
const oldestRow = z.object({ oldest: z.nullable(z.number()) })
const entryRow = z.object({
  id: z.number(),
  type: z.enum(journalTypes),
  json: z.string(),
  body: z.nullable(z.number()),
  parts: z.nullable(z.string()),
})
const bodyKeyRow = z.object({ row: z.number(), json: z.string() })

/** The journal as the rest of the store uses it. */
interface Journal extends JournalStore {
  /** Starts a journal if one is to be kept and there is none. */
  readonly begin: () => void
  /** The caller holds the transaction. */
  readonly append: (events: readonly JournalEvent[]) => void
}

/**
 * The journal of the newest `bound` events. Without a bound no journal is kept, and an existing one is deleted with the
 * first event that it would miss.
 *
 * Ids start at a random number when a journal begins, so that an id of another journal, such as that of a lost state
 * file, is not valid in this one.
 */
export function journal(sql: Sql, bound: number | undefined): Journal {
  const newest = (): number | undefined =>
    sql.all(numberRow, `SELECT seq AS number FROM sqlite_sequence WHERE name = 'journal'`)[0]?.number

  function begin(): void {
    if (bound === undefined || newest() !== undefined) return
    // Ids start below 2^52, so that every id stays a safe integer and there is room for more events than will ever
    // happen.
    sql.run(`INSERT INTO sqlite_sequence (name, seq) VALUES ('journal', ?)`, randomInt(1, 2 ** 47) * 32)
  }

  function append(events: readonly JournalEvent[]): void {
    if (events.length === 0) return
    if (bound === undefined) {
      if (newest() === undefined) return
      sql.exec(`DELETE FROM journal; DELETE FROM journal_bodies; DELETE FROM sqlite_sequence WHERE name = 'journal'`)
      return
    }
    begin()
    let last = 0
    for (const event of events) last = insert(sql, event)
    sql.run('DELETE FROM journal WHERE id <= ?', last - bound)
    sql.run('DELETE FROM journal_bodies WHERE last <= ?', last - bound)
  }

  return {
    begin: () => {
      // The check comes first, so that merely opening the file does not wait for the write lock.
      if (bound !== undefined && newest() === undefined) sql.transaction(begin)
    },
    append,
    journalBounds: () =>
      sql.snapshot(() => {
        const end = newest()
        if (end === undefined) return undefined
        const [oldest] = sql.all(oldestRow, 'SELECT min(id) AS oldest FROM journal')
        return { after: (oldest?.oldest ?? end + 1) - 1, newest: end }
      }),
    journalSince: (after, limit) =>
      sql
        .all(
          entryRow,
          `SELECT id, type, journal.json AS json, body, journal_bodies.json AS parts FROM journal
          LEFT JOIN journal_bodies ON journal_bodies.row = journal.body WHERE id > ? ORDER BY id LIMIT ?`,
          after,
          limit,
        )
        .map((row) => entryOf(sql, row)),
  }
}

function insert(sql: Sql, event: JournalEvent): number {
  const { value, body } = rowOf(event)
  const row =
    body === undefined || event.type !== 'change' || event.change.type === 'voteCast'
      ? null
      : bodyRowOf(sql, keyOf(event.change.proposal), encode(body))
  const [{ number } = { number: 0 }] = sql.all(
    numberRow,
    'INSERT INTO journal (chain, type, json, body) VALUES (?, ?, ?, ?) RETURNING id AS number',
    ...[chainOfEvent(event), event.type, encode(value), row],
  )
  if (row !== null) sql.run('UPDATE journal_bodies SET last = ? WHERE row = ?', number, row)
  return number
}

/** The row with the long parts of a proposal. Its last row is reused if they are the same. */
function bodyRowOf(sql: Sql, key: string, json: string): number {
  const [last] = sql.all(
    bodyKeyRow,
    'SELECT row, json FROM journal_bodies WHERE key = ? ORDER BY row DESC LIMIT 1',
    key,
  )
  if (last?.json === json) return last.row
  const [{ number } = { number: 0 }] = sql.all(
    numberRow,
    // The next entry replaces `last` with its own id.
    'INSERT INTO journal_bodies (key, json, last) VALUES (?, ?, 9007199254740991) RETURNING row AS number',
    ...[key, json],
  )
  return number
}

function entryOf(sql: Sql, { id, type, json, body, parts }: z.infer<typeof entryRow>): JournalEntry {
  const where = { sql, row: `journal entry ${id}` }
  const event = decode<JournalEvent>(eventRows[type], json, where)
  if (body === null) return { id, event }
  return { id, event: withBody(event, decode<ProposalBody>(bodyRow, parts ?? 'null', where)) }
}
