import * as z from 'zod/mini'
import { type Notification, subjectOf } from '../../domain/notifications/notification.js'
import type { NotificationRoute, RoutingMoment } from '../../domain/notifications/routing.js'
import { encode } from '../codec.js'
import { countHeldBack, settleSilence } from '../silences.js'
import type { Sql } from '../sql.js'

const tryRow = z.object({ next: z.nullable(z.number()) })
// A try further ahead than this was put there before the clock stepped back.
const longestWaitMs = 3_600_000

/**
 * Puts a notification into the inbox and, due at once, into the outbox for every handler that is to get it; into the
 * inbox alone, marked, where a silence holds it back. The caller holds the transaction.
 *
 * @returns False where a notification with this id is already there: then nothing is written.
 */
export function addNotification(
  sql: Sql,
  given: Notification,
  route: NotificationRoute,
  moment: RoutingMoment,
): boolean {
  const routed = route(given, moment)
  const { to, silencedBy } = 'to' in routed ? routed : { to: routed, silencedBy: undefined }
  const notification = silencedBy === undefined ? given : { ...given, silenced: silencedBy }
  const { at } = moment
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
  if (given.event === 'silence_ended') settleSilence(sql, chain, given.data.silence)
  if (added === 0) return false
  if (silencedBy !== undefined) countHeldBack(sql, silencedBy, notification)
  const subject = subjectOf(notification)
  const isUrgent = priority === 'critical'
  for (const handler of to) {
    sql.run(
      `INSERT INTO outbox (notification, handler, state, attempts, next_at, at, reason, subject, urgent)
      SELECT row, ?, 'pending', 0, ?, ?, '', ?, ? FROM notifications WHERE id = ?
      ON CONFLICT (notification, handler) DO NOTHING`,
      handler,
      isUrgent ? at : Math.max(at, nextTryOf(sql, handler, subject, at)),
      at,
      subject,
      isUrgent ? 1 : 0,
      id,
    )
  }
  return true
}

/** When an earlier one of the subject is tried again: a later one does not come before it. 0 where none waits. */
function nextTryOf(sql: Sql, handler: string, subject: string, at: number): number {
  const [row] = sql.all(
    tryRow,
    `SELECT max(next_at) AS next FROM outbox
    WHERE state = 'pending' AND handler = ? AND subject = ? AND attempts > 0 AND next_at <= ?`,
    handler,
    subject,
    at + longestWaitMs,
  )
  return row?.next ?? 0
}
