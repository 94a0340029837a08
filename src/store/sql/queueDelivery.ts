import type { Notification } from '../../domain/notifications/notification.js'
import type { Sql } from '../sql.js'

/** Puts a notification of the inbox into the outbox, due at once. Time in Unix ms. The caller holds the transaction. */
export function queueDelivery(sql: Sql, { id }: Notification, handler: string, at: number): void {
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
