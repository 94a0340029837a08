import * as z from 'zod/mini'
import { defined } from '../domain/defined.js'
import { subjectOf } from '../domain/notifications/notification.js'
import { bundleOf, nextRelease, releaseHeld } from './held.js'
import type { FailedDelivery, OutboxItem, Store } from './Store.js'
import { notificationOf } from './inbox.js'
import { isOutdated, keepPosted, postedOf } from './posted.js'
import type { Sql } from './sql.js'
import { longestPostponementMs } from './sql/queueDelivery.js'

const itemRow = z.object({
  row: z.number(),
  id: z.string(),
  read: z.number(),
  json: z.string(),
  handler: z.string(),
  attempts: z.number(),
  at: z.number(),
  reason: z.string(),
  next_at: z.number(),
  status: z.nullable(z.number()),
})
const nextRow = z.object({ next: z.nullable(z.number()) })
const countRow = z.object({ count: z.number() })
const dueRow = z.object({ due: z.number() })
const handlerRow = z.object({ handler: z.string() })

// A cross join keeps the order of the tables: the outbox tells which notifications are read.
const rowsBy = (index: string): string =>
  `SELECT outbox.row AS row, id, read, json, handler, attempts, outbox.at AS at, reason, next_at, status
  FROM outbox INDEXED BY ${index} CROSS JOIN notifications ON notifications.row = outbox.notification`
const ofItem = `state = 'pending' AND handler = ? AND notification = (SELECT row FROM notifications WHERE id = ?)`

type Outbox = Pick<
  Store,
  | 'waitingHandlers'
  | 'due'
  | 'urgent'
  | 'nextDue'
  | 'posted'
  | 'isOutdated'
  | 'delivered'
  | 'postpone'
  | 'bury'
  | 'deadLetters'
  | 'failedDeliveries'
  | 'revive'
>

/** What is still to be delivered, and what was given up. */
export function outbox(sql: Sql): Outbox {
  return { ...queue(sql), urgent: urgentOf(sql), ...outcomes(sql), ...failures(sql) }
}

function itemOf(sql: Sql, row: z.infer<typeof itemRow>): OutboxItem {
  const notification = notificationOf(sql, row)
  const bundle = bundleOf(sql, row.row, notification)
  return { notification, handler: row.handler, attempts: row.attempts, ...defined({ bundle }) }
}

function queue(sql: Sql): Pick<Outbox, 'waitingHandlers' | 'due' | 'nextDue'> {
  // From one handler to the next, whatever each has waiting.
  const waitingHandlers = (): readonly string[] =>
    sql
      .all(
        handlerRow,
        `WITH RECURSIVE waiting (handler) AS (
          SELECT min(handler) FROM outbox WHERE state = 'pending'
          UNION ALL
          SELECT (SELECT min(handler) FROM outbox WHERE state = 'pending' AND handler > waiting.handler)
          FROM waiting WHERE handler IS NOT NULL
        ) SELECT handler FROM waiting WHERE handler IS NOT NULL`,
      )
      .map(({ handler }) => handler)

  // Asked first: where all rows of a handler wait for another try, none of them is looked at.
  const hasDue = (now: number, handler: string): boolean =>
    sql.all(
      dueRow,
      `SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND handler = ? AND next_at <= ?)
        OR EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND handler = ? AND next_at > ?) AS due`,
      handler,
      now,
      handler,
      now + longestPostponementMs,
    )[0]?.due === 1

  const dueOf = (now: number, limit: number, handler: string): readonly z.infer<typeof itemRow>[] =>
    hasDue(now, handler)
      ? sql.all(
          itemRow,
          `${rowsBy('outbox_pending')} WHERE state = 'pending' AND handler = ? AND (next_at <= ? OR next_at > ?) ORDER BY outbox.row LIMIT ?`,
          handler,
          now,
          now + longestPostponementMs,
          limit,
        )
      : []

  const nextOf = (handler: string): number | undefined => {
    const [pending] = sql.all(
      nextRow,
      `SELECT min(next_at) AS next FROM outbox WHERE state = 'pending' AND handler = ?`,
      handler,
    )
    const nexts = [pending?.next ?? Infinity, nextRelease(sql, handler) ?? Infinity]
    return nexts.every((next) => next === Infinity) ? undefined : Math.min(...nexts)
  }

  return {
    waitingHandlers,
    due: (now, limit, only) => {
      releaseHeld(sql, now)
      return (only === undefined ? waitingHandlers() : [only])
        .flatMap((handler) => dueOf(now, limit, handler))
        .sort((a, b) => a.row - b.row)
        .slice(0, limit)
        .map((row) => itemOf(sql, row))
    },
    nextDue: (only) => {
      const nexts = (only === undefined ? waitingHandlers() : [only]).flatMap((handler) => nextOf(handler) ?? [])
      return nexts.length === 0 ? undefined : Math.min(...nexts)
    },
  }
}

function urgentOf(sql: Sql): Outbox['urgent'] {
  return (now, handler) => {
    const [row] = sql.all(
      itemRow,
      `${rowsBy('outbox_urgent')} WHERE outbox.state = 'pending' AND urgent = 1 AND handler = ?
        AND (next_at <= ? OR next_at > ?) ORDER BY outbox.row LIMIT 1`,
      handler,
      now,
      now + longestPostponementMs,
    )
    if (row === undefined) return undefined
    const item = itemOf(sql, row)
    const [first = row] = sql.all(
      itemRow,
      `${rowsBy('outbox_subject')} WHERE state = 'pending' AND handler = ? AND subject = ? AND outbox.row < ?
        AND attempts = 0 AND next_at <= ? ORDER BY outbox.row LIMIT 1`,
      handler,
      subjectOf(item.notification),
      row.row,
      now,
    )
    return first === row ? item : itemOf(sql, first)
  }
}

/** What became of one try. */
function outcomes(sql: Sql): Pick<Outbox, 'posted' | 'isOutdated' | 'delivered' | 'postpone' | 'bury'> {
  return {
    posted: (item) => postedOf(sql, item),

    isOutdated: (item) => isOutdated(sql, item),

    delivered: ({ notification, handler }, at, posted) =>
      sql.transaction(() => {
        if (posted !== undefined) keepPosted(sql, { handler, notification }, at, posted)
        sql.run(
          `UPDATE outbox SET state = 'delivered', attempts = attempts + 1, at = ?, reason = '', status = NULL WHERE ${ofItem}`,
          at,
          handler,
          notification.id,
        )
      }),

    postpone: ({ notification, handler }, until, { reason, status = null }) =>
      sql.transaction(() => {
        const touched = sql.run(
          `UPDATE outbox SET attempts = attempts + 1, next_at = ?, reason = ?, status = ? WHERE ${ofItem}`,
          until,
          reason,
          status,
          handler,
          notification.id,
        )
        if (touched === 0) return
        sql.run(
          `UPDATE outbox INDEXED BY outbox_subject SET next_at = max(next_at, ?)
          WHERE state = 'pending' AND handler = ? AND subject = ? AND urgent = 0 AND row > (
            SELECT outbox.row FROM outbox JOIN notifications ON notifications.row = outbox.notification
            WHERE id = ? AND handler = ?
          )`,
          until,
          handler,
          subjectOf(notification),
          notification.id,
          handler,
        )
      }),

    bury: ({ notification, handler }, at, { reason, status = null }) => {
      sql.run(
        `UPDATE outbox SET state = 'dead', attempts = attempts + 1, at = ?, reason = ?, status = ? WHERE ${ofItem}`,
        at,
        reason,
        status,
        handler,
        notification.id,
      )
    },
  }
}

function failures(sql: Sql): Pick<Outbox, 'deadLetters' | 'failedDeliveries' | 'revive'> {
  const failed = (row: z.infer<typeof itemRow>): FailedDelivery => ({
    ...itemOf(sql, row),
    reason: row.reason,
    at: row.at,
    ...defined({ status: row.status ?? undefined }),
  })
  const deadLetters: Outbox['deadLetters'] = (limit = -1) =>
    sql
      .all(itemRow, `${rowsBy('outbox_dead')} WHERE state = 'dead' ORDER BY outbox.at, outbox.row LIMIT ?`, limit)
      .map(failed)

  return {
    deadLetters,

    failedDeliveries: (limit = -1) =>
      sql.snapshot(() => {
        const waiting = sql
          .all(
            itemRow,
            `${rowsBy('outbox_retried')} WHERE state = 'pending' AND attempts > 0 ORDER BY outbox.row LIMIT ?`,
            limit,
          )
          .map((row) => ({ ...failed(row), nextTryAt: row.next_at }))
        return [...waiting, ...deadLetters(limit < 0 ? limit : Math.max(0, limit - waiting.length))]
      }),

    revive: (id, now) =>
      sql.transaction(() => {
        // First, or those that come back would be counted twice.
        const waiting = hasten(sql, id, now)
        const revived = `UPDATE outbox SET state = 'pending', attempts = 0, next_at = ? WHERE state = 'dead'`
        return (
          waiting + (id === 'all' ? sql.run(revived, now) : sql.run(`${revived} AND notification = ${rowOf}`, now, id))
        )
      }),
  }
}

const rowOf = '(SELECT row FROM notifications WHERE id = ?)'

/**
 * Has what waits for another try tried at `now`, and what waits behind it after that; of one notification, or of `all`.
 * Returns how many wait for another try.
 */
function hasten(sql: Sql, id: string, now: number): number {
  const [retried, ids] =
    id === 'all'
      ? [`outbox INDEXED BY outbox_retried WHERE state = 'pending' AND attempts > 0`, []]
      : [`outbox WHERE state = 'pending' AND attempts > 0 AND notification = ${rowOf}`, [id]]
  const [count] = sql.all(countRow, `SELECT count(*) AS count FROM ${retried}`, ...ids)
  if (count === undefined || count.count === 0) return 0
  sql.run(
    `UPDATE outbox INDEXED BY outbox_subject SET next_at = ?
    WHERE state = 'pending' AND next_at > ? AND (handler, subject) IN (SELECT handler, subject FROM ${retried})`,
    now,
    now,
    ...ids,
  )
  return count.count
}
