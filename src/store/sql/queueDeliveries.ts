import { type Notification, subjectOf } from '../../domain/notifications/notification.js'
import { longestPostponementMs } from '../DeliveryStore.js'
import type { Sql } from '../sql.js'

/**
 * Adds a notification of the inbox to the outbox of each handler at `at` (Unix ms). It is due at once, regardless of
 * the clock, or after earlier rows of the same subject that wait for a retry there. It uses one statement, because a
 * burst blocks the process while it is queued. The caller holds the transaction.
 */
export function queueDeliveries(sql: Sql, notification: Notification, handlers: readonly string[], at: number): void {
  if (handlers.length === 0) return
  const subject = subjectOf(notification)
  const isUrgent = notification.priority === 'critical' ? 1 : 0
  sql.run(
    `INSERT INTO outbox (notification, handler, state, attempts, next_at, at, reason, subject, urgent)
    SELECT notifications.row, json_each.value, 'pending', 0, iif(?, 0, coalesce((
      -- A later one of the subject does not come before an earlier one that is tried again.
      SELECT max(next_at) FROM outbox INDEXED BY outbox_retried_subject
      WHERE state = 'pending' AND handler = json_each.value AND subject = ? AND attempts > 0 AND next_at <= ?
    ), 0)), ?, '', ?, ? FROM notifications CROSS JOIN json_each(?) WHERE notifications.id = ?
    ON CONFLICT (notification, handler) DO NOTHING`,
    isUrgent,
    subject,
    at + longestPostponementMs,
    at,
    subject,
    isUrgent,
    JSON.stringify(handlers),
    notification.id,
  )
}
