import * as z from 'zod/mini'
import { type Notification, subjectOf } from '../../domain/notifications/notification.js'
import { longestPostponementMs } from '../DeliveryStore.js'
import type { Sql } from '../sql.js'

const tryRow = z.object({ next: z.nullable(z.number()) })

/**
 * Puts a notification of the inbox into the outbox at `at` (Unix ms): due from then on, wherever the clock goes, or
 * behind what waits there for another try about the same subject. The caller holds the transaction.
 */
export function queueDelivery(sql: Sql, notification: Notification, handler: string, at: number): void {
  const subject = subjectOf(notification)
  const isUrgent = notification.priority === 'critical'
  sql.run(
    `INSERT INTO outbox (notification, handler, state, attempts, next_at, at, reason, subject, urgent)
    SELECT row, ?, 'pending', 0, ?, ?, '', ?, ? FROM notifications WHERE id = ?
    ON CONFLICT (notification, handler) DO NOTHING`,
    handler,
    isUrgent ? 0 : nextTryOf(sql, handler, subject, at),
    at,
    subject,
    isUrgent ? 1 : 0,
    notification.id,
  )
}

/** When an earlier one of the subject is tried again: a later one does not come before it. 0 where none waits. */
function nextTryOf(sql: Sql, handler: string, subject: string, at: number): number {
  const [row] = sql.all(
    tryRow,
    `SELECT max(next_at) AS next FROM outbox INDEXED BY outbox_retried_subject
    WHERE state = 'pending' AND handler = ? AND subject = ? AND attempts > 0 AND next_at <= ?`,
    handler,
    subject,
    at + longestPostponementMs,
  )
  return row?.next ?? 0
}
