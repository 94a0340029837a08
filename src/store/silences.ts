import * as z from 'zod/mini'
import { defined } from '../domain/defined.js'
import { StoreError } from '../domain/errors.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { Silence } from '../domain/notifications/routing.js'
import type { EndedSilence, Store } from './Store.js'
import { decode, encode } from './codec.js'
import { remembered } from './remembered.js'
import type { Sql } from './sql.js'

const silenceRow = z.object({
  id: z.number(),
  match: z.string(),
  until: z.number(),
  comment: z.string(),
  by: z.string(),
  held: z.number(),
})
const holdRow = z.object({ silence: z.number(), event: z.string(), count: z.number() })
const chainRow = z.object({ chain: z.string() })
const countRow = z.object({ count: z.number() })
const idRow = z.object({ id: z.number() })
const matchSchema = z.record(z.string(), z.string())

// Maximum number of silences, because each is checked for every notification.
const most = 1_000
const columns = `id, match, until, comment, by,
  (SELECT coalesce(sum(count), 0) FROM silence_holds WHERE silence = silences.id) AS held`

/** The silences that the operator has set. `clock` is that of the host, in Unix milliseconds. */
export function silences(
  sql: Sql,
  trail: Pick<Store, 'record'>,
  clock: () => number,
): Pick<Store, 'silences' | 'addSilence' | 'endSilence' | 'endedSilences'> {
  const heldBack = remembered(
    sql,
    clock,
    () => new Set(sql.all(chainRow, 'SELECT DISTINCT chain FROM silence_holds').map(({ chain }) => chain)),
  )
  return {
    silences: (now) => activeSilences(sql, now),

    addSilence: ({ match, until, comment, by }, at) =>
      sql.transaction(() => {
        dropAnnounced(sql, at)
        if ((sql.all(countRow, 'SELECT count(*) AS count FROM silences WHERE until > ?', at)[0]?.count ?? 0) >= most)
          throw new StoreError(`There are ${most} silences already: remove some with "govstream silence remove ID".`)
        const [added] = sql.all(
          idRow,
          'INSERT INTO silences (match, until, comment, by, at) VALUES (?, ?, ?, ?, ?) RETURNING id',
          ...[encode(match), until, comment, by, at],
        )
        const silence = { id: String(added?.id ?? 0), match, until, comment, by, held: 0 }
        trail.record({ at, chain: '', kind: 'silence', detail: { ...detailOf(silence), done: 'added' } })
        return silence
      }),

    endSilence: (id, now, by) =>
      sql.transaction(() => {
        const silence = activeSilences(sql, now).find((one) => one.id === id)
        if (silence === undefined) return undefined
        sql.run('UPDATE silences SET until = ? WHERE id = ?', now, id)
        dropAnnounced(sql, now)
        trail.record({
          at: now,
          chain: '',
          kind: 'silence',
          detail: {
            ...detailOf(silence),
            done: 'removed',
            ...defined({ removedBy: by }),
          },
        })
        return silence
      }),

    endedSilences: (chain, now) => (heldBack().has(chain) ? endedSilences(sql, chain, now) : []),
  }
}

/** The silences that have not ended at `now` (Unix ms), oldest first. */
export function activeSilences(sql: Sql, now: number): readonly Silence[] {
  return sql
    .all(silenceRow, `SELECT ${columns} FROM silences INDEXED BY silences_until WHERE until > ?`, now)
    .map((row) => silenceOf(sql, row))
    .toSorted(oldestFirst)
}

/** Counts a notification that the silence held back. The caller holds the transaction. */
export function countHeldBack(sql: Sql, silence: string, { chain, event }: Notification): void {
  sql.run(
    `INSERT INTO silence_holds (silence, chain, event, count) SELECT id, ?, ?, 1 FROM silences WHERE id = ?
    ON CONFLICT (silence, chain, event) DO UPDATE SET count = count + 1`,
    chain,
    event,
    silence,
  )
}

/** Records that the held-back notifications of a chain were announced. The caller holds the transaction. */
export function forgetHeldBack(sql: Sql, chain: string, silence: string): void {
  sql.run('DELETE FROM silence_holds WHERE silence = ? AND chain = ?', silence, chain)
}

// Milliseconds after which an ended silence is deleted in any case, because a removed chain never announces it.
const keptFor = 30 * 86_400_000

/** Deletes ended silences with nothing left to announce. */
function dropAnnounced(sql: Sql, now: number): void {
  sql.run(
    'DELETE FROM silences WHERE until <= ? AND id NOT IN (SELECT silence FROM silence_holds) OR until <= ?',
    now,
    now - keptFor,
  )
}

function endedSilences(sql: Sql, chain: string, now: number): readonly EndedSilence[] {
  const held = sql.all(
    holdRow,
    `SELECT silence, event, count FROM silence_holds JOIN silences ON silences.id = silence
    WHERE chain = ? AND until <= ? ORDER BY silence, event`,
    chain,
    now,
  )
  if (held.length === 0) return []
  return sql
    .all(silenceRow, `SELECT ${columns} FROM silences INDEXED BY silences_until WHERE until <= ?`, now)
    .map((row): EndedSilence => {
      const own = held.filter(({ silence }) => silence === row.id)
      return {
        silence: silenceOf(sql, row),
        events: Object.fromEntries(own.map(({ event, count }) => [event, count])),
      }
    })
    .filter(({ events }) => Object.keys(events).length > 0)
    .toSorted((one, other) => oldestFirst(one.silence, other.silence))
}

function oldestFirst(one: Silence, other: Silence): number {
  return Number(one.id) - Number(other.id)
}

function silenceOf(sql: Sql, { id, match, ...row }: z.infer<typeof silenceRow>): Silence {
  return {
    ...row,
    id: String(id),
    match: decode(matchSchema, match, { sql, row: `the silence ${id}` }),
  }
}

function detailOf({ id, match, comment, by }: Silence): { readonly [key: string]: string | Silence['match'] } {
  return { silence: id, match, comment, by }
}
