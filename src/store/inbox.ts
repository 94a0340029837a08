import * as z from 'zod/mini'
import type { Notification } from '../domain/notifications/notification.js'
import type { NotificationStats, Store } from './Store.js'
import { decode } from './codec.js'
import { deliveriesOf } from './deliveriesOf.js'
import { notificationRow } from './schemas.js'
import type { Sql } from './sql.js'
import { dropOldPosted } from './sql/dropOldPosted.js'

const inboxRow = z.object({ id: z.string(), read: z.number(), json: z.string() })
const idRow = z.object({ id: z.string() })
const kindRow = z.object({ event: z.string(), priority: z.string(), read: z.number(), count: z.number() })
const statesRow = z.object({ every: z.number(), pending: z.number(), dead: z.number(), held: z.number() })
const lastRow = z.object({ row: z.number() })

/** Reads a notification from its row; `read` has its own column. */
export function notificationOf(
  sql: Sql,
  row: { readonly id: string; readonly read: number; readonly json: string },
): Notification {
  return {
    ...decode(notificationRow, row.json, { sql, row: `the notification ${row.id}` }),
    read: row.read === 1,
  }
}

type Inbox = Pick<Store, 'notifications' | 'notificationIds' | 'deliveriesOf' | 'markRead' | 'stats' | 'prune'>

/** The stored notifications, newest first, and where each one was sent. */
export function inbox(sql: Sql): Inbox {
  // A notification that was deleted was among the oldest, so there is none before it.
  const rowOf = (id: string): number => sql.all(lastRow, 'SELECT row FROM notifications WHERE id = ?', id)[0]?.row ?? 0

  return {
    notifications: ({ unread = false, limit = -1, before }) =>
      sql
        .all(
          inboxRow,
          `SELECT id, read, json FROM notifications WHERE ${unread ? 'read = 0 AND ' : ''}row < ? ORDER BY row DESC LIMIT ?`,
          before === undefined ? Number.MAX_SAFE_INTEGER : rowOf(before),
          limit,
        )
        .map((row) => notificationOf(sql, row)),

    deliveriesOf: (id) => deliveriesOf(sql, id),

    notificationIds: () => sql.all(idRow, 'SELECT id FROM notifications ORDER BY row').map(({ id }) => id),

    markRead: (id) =>
      id === 'all'
        ? sql.run('UPDATE notifications SET read = 1 WHERE read = 0')
        : sql.run('UPDATE notifications SET read = 1 WHERE read = 0 AND id = ?', id),

    stats: () => sql.snapshot(() => statsOf(sql)),

    prune: ({ maxNotifications, before }) =>
      sql.transaction(() => {
        const [newestPruned] = sql.all(
          lastRow,
          'SELECT row FROM notifications ORDER BY row DESC LIMIT 1 OFFSET ?',
          maxNotifications,
        )
        sql.run('DELETE FROM notifications INDEXED BY notifications_settled_at WHERE waiting = 0 AND at < ?', before)
        dropOldPosted(sql, before)
        sql.run('DELETE FROM pauses WHERE until < ?', before)
        if (newestPruned !== undefined)
          sql.run(
            'DELETE FROM notifications INDEXED BY notifications_settled WHERE waiting = 0 AND row <= ?',
            newestPruned.row,
          )
      }),
  }
}

function statsOf(sql: Sql): NotificationStats {
  const kinds = sql.all(
    kindRow,
    'SELECT event, priority, read, count(*) AS count FROM notifications GROUP BY event, priority, read',
  )
  const [{ every, pending, dead, held } = { every: 0, pending: 0, dead: 0, held: 0 }] = sql.all(
    statesRow,
    `SELECT (SELECT count(*) FROM outbox) AS every,
      (SELECT count(*) FROM outbox INDEXED BY outbox_next WHERE state = 'pending') AS pending,
      (SELECT count(*) FROM outbox INDEXED BY outbox_dead WHERE state = 'dead') AS dead,
      (SELECT count(*) FROM held) AS held`,
  )
  const unread = total(kinds.filter(({ read }) => read === 0))
  return {
    total: total(kinds),
    unread,
    byEvent: countsOf(kinds, ({ event }) => event),
    byPriority: countsOf(kinds, ({ priority }) => priority),
    pending: pending + held,
    delivered: every - pending - dead,
    dead,
  }
}

interface Counted {
  readonly count: number
}

function total(rows: readonly Counted[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0)
}

function countsOf<Row extends Counted>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + row.count)
  return Object.fromEntries(counts)
}
