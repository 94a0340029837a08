import * as z from 'zod/mini'
import { isShownAsUnwatched } from '../domain/notifications/announceUnwatched.js'
import type { StrayPost } from './DeliveryStore.js'
import type { Sql } from './sql.js'
import { chainOfPosted } from './sql/dropOldPosted.js'

const shownRow = z.object({ handler: z.string(), subject: z.string(), shown: z.string() })

/**
 * Returns the posts of these handlers about these chains that were closed while the chain was not watched, oldest
 * first.
 */
export function unwatchedPosts(
  sql: Sql,
  handlers: Iterable<string>,
  chains: Iterable<string>,
): readonly Pick<StrayPost, 'handler' | 'subject'>[] {
  const rows = sql.all(
    shownRow,
    `SELECT handler, subject, shown FROM posted WHERE shown IS NOT NULL
    AND handler IN (SELECT value FROM json_each(?)) AND ${chainOfPosted} IN (SELECT value FROM json_each(?))
    ORDER BY row`,
    JSON.stringify([...handlers]),
    JSON.stringify([...chains]),
  )
  return rows.flatMap(({ handler, subject, shown }) => (isShownAsUnwatched(shown) ? [{ handler, subject }] : []))
}
