import { z } from 'zod'
import type { Notification } from '../domain/notifications/notification.js'
import type { NotificationStats, Store } from './Store.js'
import { decode } from './codec.js'
import { notificationRow } from './schemas.js'
import type { Sql } from './sql.js'

const inboxRow = z.object({ id: z.string(), read: z.number(), json: z.string() })
const countRow = z.object({ name: z.string(), count: z.number() })

/** Reads a notification from its row; `read` has a column of its own. */
export function notificationOf(
  sql: Sql,
  row: { readonly id: string; readonly read: number; readonly json: string },
): Notification {
  return {
    ...decode(notificationRow, row.json, { file: sql.file, row: `the notification ${row.id}` }),
    read: row.read === 1,
  }
}

/** The notifications that were given, newest first. */
export function inbox(sql: Sql): Pick<Store, 'notifications' | 'markRead' | 'stats' | 'prune'> {
  const countBy = (text: string): Readonly<Record<string, number>> =>
    Object.fromEntries(sql.all(countRow, text).map(({ name, count }) => [name, count]))

  return {
    notifications: ({ unread = false, limit = -1 }) =>
      sql
        .all(
          inboxRow,
          'SELECT id, read, json FROM notifications WHERE read <= ? ORDER BY row DESC LIMIT ?',
          unread ? 0 : 1,
          limit,
        )
        .map((row) => notificationOf(sql, row)),

    markRead: (id) =>
      id === 'all'
        ? sql.run('UPDATE notifications SET read = 1 WHERE read = 0')
        : sql.run('UPDATE notifications SET read = 1 WHERE read = 0 AND id = ?', id),

    stats: (): NotificationStats => {
      const byRead = countBy('SELECT CAST(read AS TEXT) AS name, count(*) AS count FROM notifications GROUP BY read')
      const byState = countBy('SELECT state AS name, count(*) AS count FROM outbox GROUP BY state')
      const unread = byRead['0'] ?? 0
      return {
        total: unread + (byRead['1'] ?? 0),
        unread,
        byEvent: countBy('SELECT event AS name, count(*) AS count FROM notifications GROUP BY event'),
        byPriority: countBy('SELECT priority AS name, count(*) AS count FROM notifications GROUP BY priority'),
        pending: byState['pending'] ?? 0,
        delivered: byState['delivered'] ?? 0,
        dead: byState['dead'] ?? 0,
      }
    },

    prune: ({ maxNotifications, before }) => {
      sql.run(
        `DELETE FROM notifications
        WHERE (at < ? OR row NOT IN (SELECT row FROM notifications ORDER BY row DESC LIMIT ?))
          AND NOT EXISTS (SELECT 1 FROM outbox WHERE notification = notifications.row AND state = 'pending')`,
        before,
        maxNotifications,
      )
    },
  }
}
