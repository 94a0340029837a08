import * as z from 'zod/mini'
import { endingEvents, subjectsEndedBy } from '../domain/notifications/message.js'
import { boundedJson, parsedJson } from '../domain/text/boundedJson.js'
import { shownAsEnded } from '../domain/notifications/stepEdits.js'
import type { MissedEnd } from './DeliveryStore.js'
import { notificationOf } from './inbox.js'
import type { Sql } from './sql.js'
import { queueDeliveries } from './sql/queueDeliveries.js'

const inboxRow = z.object({ row: z.number(), at: z.number(), id: z.string(), read: z.number(), json: z.string() })
const missedRow = z.object({ handler: z.string(), subject: z.string(), json: z.string() })

// Maximum number of notifications that are searched; the newest are.
const mostLookedAt = 10_000

/**
 * Returns the notifications that ended what one of these handlers had posted and that it did not get, oldest first: it
 * was not configured when they were announced, or when they were to be delivered. Silenced notifications do not count,
 * nor do posts that were edited to show their end.
 */
export function missedEnds(sql: Sql, handlers: readonly string[]): readonly MissedEnd[] {
  const names = JSON.stringify(handlers)
  const rows = sql.all(
    inboxRow,
    // Only what came after the oldest of their posts can have ended one; without a post, that is nothing.
    `SELECT row, at, id, read, json FROM notifications WHERE row > (
      SELECT min(of_row) FROM posted WHERE handler IN (SELECT value FROM json_each(?))
      AND coalesce(shown, '') NOT LIKE ? || '%'
    ) AND event IN (SELECT value FROM json_each(?)) ORDER BY row DESC LIMIT ?`,
    ...[names, shownAsEnded, JSON.stringify(endingEvents), mostLookedAt],
  )
  return rows.toReversed().flatMap((row) => {
    const notification = notificationOf(sql, row)
    if (notification.silenced !== undefined) return []
    return subjectsEndedBy(notification).flatMap((subject) =>
      sql
        .all(
          missedRow,
          `SELECT handler, subject, json FROM posted INDEXED BY posted_subject
          WHERE subject = ?1 AND coalesce(shown, '') NOT LIKE ?5 || '%' AND handler IN (SELECT value FROM json_each(?2)) AND of_row < ?3 AND of_at <= ?4
          AND NOT EXISTS (SELECT 1 FROM outbox WHERE notification = ?3 AND outbox.handler = posted.handler
            AND NOT (state = 'dead' AND orphan = 1))
          AND NOT EXISTS (SELECT 1 FROM held WHERE notification = ?3 AND held.handler = posted.handler)`,
          ...[subject, names, row.row, row.at, shownAsEnded],
        )
        .map(({ handler, subject, json }) => ({
          handler,
          subject,
          notification,
          posted: boundedJson(parsedJson(json)) ?? null,
        })),
    )
  })
}

/** Queues notifications that their handlers missed, at `at` (Unix ms), also those that are dead letters. */
export function queueMissed(sql: Sql, missed: readonly MissedEnd[], at: number): void {
  sql.transaction(() => {
    for (const { handler, notification } of missed) {
      sql.run(
        `DELETE FROM outbox WHERE state = 'dead' AND handler = ?
        AND notification = (SELECT row FROM notifications WHERE id = ?)`,
        handler,
        notification.id,
      )
      queueDeliveries(sql, notification, [handler], at)
    }
  })
}
