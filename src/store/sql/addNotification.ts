import type { Notification } from '../../domain/notifications/notification.js'
import type { NotificationRoute } from '../Store.js'
import { encode } from '../codec.js'
import type { Sql } from '../sql.js'

/**
 * Puts a notification into the inbox and, due at once, into the outbox for every handler that wants it. The
 * caller holds the transaction.
 *
 * @returns False where a notification with this id is already there: then nothing is written.
 */
export function addNotification(sql: Sql, notification: Notification, route: NotificationRoute, at: number): boolean {
  const { id, chain, event, priority, read } = notification
  const added = sql.run(
    `INSERT INTO notifications (id, chain, event, priority, at, read, json) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING`,
    id,
    chain,
    event,
    priority,
    at,
    read ? 1 : 0,
    encode(notification),
  )
  if (added === 0) return false
  for (const handler of route(notification)) {
    sql.run(
      `INSERT INTO outbox (notification, handler, state, attempts, next_at, at, reason)
      SELECT row, ?, 'pending', 0, ?, ?, '' FROM notifications WHERE id = ?
      ON CONFLICT (notification, handler) DO NOTHING`,
      handler,
      at,
      at,
      id,
    )
  }
  return true
}
