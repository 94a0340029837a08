import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { FailedDelivery } from '../store/DeliveryStore.js'
import type { NotificationStats } from '../store/Store.js'

/** One notification as `notifications --json` gives it: its own fields. */
export function notificationView({
  id,
  event,
  priority,
  chain,
  title,
  message,
  timestamp,
  data,
  read,
  labels = {},
  silenced,
}: Notification): JsonObject {
  return {
    id,
    event,
    priority,
    chain,
    title,
    message,
    timestamp,
    data,
    read,
    labels,
    ...(silenced !== undefined && { silenced }),
  }
}

/** One delivery as `notifications --failed --json` gives it: `nextTryAt` is null where it was given up. */
export function failedDeliveryView(delivery: FailedDelivery): JsonObject {
  const { notification, handler, attempts, reason, status = null, at, nextTryAt } = delivery
  return {
    notification: notificationView(notification),
    handler,
    attempts,
    reason,
    status,
    at: isoOfMs(at),
    nextTryAt: nextTryAt === undefined ? null : isoOfMs(nextTryAt),
  }
}

/** What `notifications --stats --json` gives. */
export function notificationStatsView(stats: NotificationStats): JsonObject {
  const { total, unread, byEvent, byPriority, pending, delivered, dead } = stats
  return { total, unread, byEvent, byPriority, pending, delivered, dead }
}

/** How many `notifications --read ID --json` marked. */
export function markedView(count: number): JsonObject {
  return { marked: count }
}

/** How many `notifications --resend ID --json` put back. */
export function redeliveredView(count: number): JsonObject {
  return { redelivered: count }
}
