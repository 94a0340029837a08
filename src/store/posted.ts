import * as z from 'zod/mini'
import type { Json } from '../domain/text/json.js'
import type { Store } from './Store.js'
import { decode, encode } from './codec.js'
import { auditDetail } from './schemas.js'
import type { Sql } from './sql.js'

const postedRow = z.object({ json: z.string() })

/** Of all handlers together: the newest stay. */
const mostKept = 10_000
// Longer than any vote or schedule.
const longestKeptMs = 400 * 86_400_000

/** What handlers want remembered of a subject. */
export function posted(sql: Sql): Pick<Store, 'posted'> {
  return {
    posted: (handler, subject) => {
      const [row] = sql.all(postedRow, 'SELECT json FROM posted WHERE handler = ? AND subject = ?', handler, subject)
      return row === undefined
        ? undefined
        : decode(auditDetail, row.json, { file: sql.file, row: `what ${handler} remembers of ${subject}` })
    },
  }
}

/** Remembers it in place of what was there. The caller holds the transaction. */
export function keepPosted(
  sql: Sql,
  { handler, subject, at }: { readonly handler: string; readonly subject: string; readonly at: number },
  what: Json,
): void {
  const put = 'INSERT OR REPLACE INTO posted (handler, subject, json, at) VALUES (?, ?, ?, ?)'
  sql.run(put, handler, subject, encode(what), at)
  sql.run('DELETE FROM posted WHERE at < ?', at - longestKeptMs)
  sql.run('DELETE FROM posted WHERE row <= (SELECT row FROM posted ORDER BY row DESC LIMIT 1 OFFSET ?)', mostKept)
}

/** Forgets it for all handlers. The caller holds the transaction. */
export function dropPosted(sql: Sql, subjects: readonly string[]): void {
  for (const subject of subjects) sql.run('DELETE FROM posted WHERE subject = ?', subject)
}
