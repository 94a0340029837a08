import type { Notification } from '../../domain/notifications/notification.js'
import type { NotificationRoute, RoutingMoment } from '../../domain/notifications/routing.js'
import { encode } from '../codec.js'
import { settleOutage } from '../outages.js'
import { countHeldBack, forgetHeldBack } from '../silences.js'
import { holdDelivery } from '../held.js'
import type { Sql } from '../sql.js'
import { queueDeliveries } from './queueDeliveries.js'

/**
 * Adds a notification to the inbox and to the outbox of every handler that is to receive it, due at once or held until
 * its time. A silenced notification is only added to the inbox, with a mark. The caller holds the transaction.
 *
 * @returns The notification as stored in the inbox; undefined if its id already exists, in which case nothing is
 * written.
 */
export function addNotification(
  sql: Sql,
  given: Notification,
  route: NotificationRoute,
  moment: RoutingMoment,
): Notification | undefined {
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
  if (given.event === 'silence_ended') forgetHeldBack(sql, chain, given.data.silence)
  settleOutage(sql, given)
  if (added === 0) return undefined
  if (silencedBy !== undefined) countHeldBack(sql, silencedBy, notification)
  queueDeliveries(
    sql,
    notification,
    to.flatMap((delivery) => (typeof delivery === 'string' ? [delivery] : [])),
    at,
  )
  for (const delivery of to) if (typeof delivery !== 'string') holdDelivery(sql, notification, delivery)
  return notification
}
