import { z } from 'zod'
import type { DeadLetter, OutboxItem, Store } from './Store.js'
import { notificationOf } from './inbox.js'
import type { Sql } from './sql.js'

const itemRow = z.object({
  id: z.string(),
  read: z.number(),
  json: z.string(),
  handler: z.string(),
  attempts: z.number(),
  at: z.number(),
  reason: z.string(),
})
const nextRow = z.object({ next: z.number().nullable() })

const rows = `SELECT id, read, json, handler, attempts, outbox.at AS at, reason
  FROM outbox JOIN notifications ON notifications.row = outbox.notification`
const ofItem = `state = 'pending' AND handler = ? AND notification = (SELECT row FROM notifications WHERE id = ?)`

// Nothing is postponed for longer: a row further ahead was postponed before the clock stepped back.
const longestWaitMs = 3_600_000

type Outbox = Pick<Store, 'due' | 'nextDue' | 'delivered' | 'postpone' | 'bury' | 'deadLetters' | 'revive'>

/** What is still to be delivered, and what was given up. */
export function outbox(sql: Sql): Outbox {
  return { ...queue(sql), ...outcomes(sql), ...deadLetters(sql) }
}

function itemOf(sql: Sql, row: z.infer<typeof itemRow>): OutboxItem {
  return { notification: notificationOf(sql, row), handler: row.handler, attempts: row.attempts }
}

function queue(sql: Sql): Pick<Outbox, 'due' | 'nextDue'> {
  return {
    due: (now, limit, handler) =>
      sql
        .all(
          itemRow,
          `${rows} WHERE state = 'pending' AND (next_at <= ? OR next_at > ?) AND handler = coalesce(?, handler) ORDER BY outbox.row LIMIT ?`,
          now,
          now + longestWaitMs,
          handler ?? null,
          limit,
        )
        .map((row) => itemOf(sql, row)),

    nextDue: (handler) =>
      sql.all(
        nextRow,
        `SELECT min(next_at) AS next FROM outbox WHERE state = 'pending' AND handler = coalesce(?, handler)`,
        handler ?? null,
      )[0]?.next ?? undefined,
  }
}

/** What became of one try. */
function outcomes(sql: Sql): Pick<Outbox, 'delivered' | 'postpone' | 'bury'> {
  return {
    delivered: ({ notification, handler }, at) => {
      sql.run(
        `UPDATE outbox SET state = 'delivered', attempts = attempts + 1, at = ?, reason = '' WHERE ${ofItem}`,
        at,
        handler,
        notification.id,
      )
    },

    postpone: ({ notification, handler }, until, reason) => {
      sql.run(
        `UPDATE outbox SET attempts = attempts + 1, next_at = ?, reason = ? WHERE ${ofItem}`,
        until,
        reason,
        handler,
        notification.id,
      )
    },

    bury: ({ notification, handler }, at, reason) => {
      sql.run(
        `UPDATE outbox SET state = 'dead', attempts = attempts + 1, at = ?, reason = ? WHERE ${ofItem}`,
        at,
        reason,
        handler,
        notification.id,
      )
    },
  }
}

function deadLetters(sql: Sql): Pick<Outbox, 'deadLetters' | 'revive'> {
  return {
    deadLetters: () =>
      sql
        .all(itemRow, `${rows} WHERE state = 'dead' ORDER BY outbox.at, outbox.row`)
        .map((row): DeadLetter => ({ ...itemOf(sql, row), reason: row.reason, at: row.at })),

    revive: (id, now) =>
      id === 'all'
        ? sql.run(`UPDATE outbox SET state = 'pending', attempts = 0, next_at = ? WHERE state = 'dead'`, now)
        : sql.run(
            `UPDATE outbox SET state = 'pending', attempts = 0, next_at = ?
        WHERE state = 'dead' AND notification = (SELECT row FROM notifications WHERE id = ?)`,
            now,
            id,
          ),
  }
}
