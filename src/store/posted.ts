import * as z from 'zod/mini'
import { type Notification, subjectOf } from '../domain/notifications/notification.js'
import { boundedJson, parsedJson } from '../domain/text/boundedJson.js'
import type { Json } from '../domain/text/json.js'
import type { Sql } from './sql.js'

interface Place {
  readonly handler: string
  readonly notification: Notification
}

const postedRow = z.object({ json: z.string() })

/** Of all handlers together: the newest stay. */
const mostKept = 10_000

/** What the handler posted last of the subject of the notification. */
export function postedOf(sql: Sql, { handler, notification }: Place): Json | undefined {
  const [row] = sql.all(
    postedRow,
    'SELECT json FROM posted WHERE handler = ? AND subject = ?',
    handler,
    subjectOf(notification),
  )
  return row === undefined ? undefined : boundedJson(parsedJson(row.json))
}

/** Keeps what was posted in place of what is there, as the newest. Unix ms. The caller holds the transaction. */
export function keepPosted(sql: Sql, { handler, notification }: Place, at: number, posted: Json): void {
  sql.run(
    'INSERT OR REPLACE INTO posted (handler, subject, json, at) VALUES (?, ?, ?, ?)',
    handler,
    subjectOf(notification),
    JSON.stringify(posted),
    at,
  )
  sql.run('DELETE FROM posted WHERE row <= (SELECT row FROM posted ORDER BY row DESC LIMIT 1 OFFSET ?)', mostKept)
}

/** Drops what was posted of these subjects by any handler. The caller holds the transaction. */
export function dropPosted(sql: Sql, subjects: readonly string[]): void {
  for (const subject of subjects) sql.run('DELETE FROM posted WHERE subject = ?', subject)
}
