import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { FailedDelivery } from '../store/DeliveryStore.js'
import type { NotificationStats } from '../store/Store.js'

/** One notification in the format of `notifications --json`. */
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

/** One delivery in the format of `notifications --failed --json`; `nextTryAt` is null if it was given up. */
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

/** The format of `notifications --stats --json`. */
export function notificationStatsView(stats: NotificationStats): JsonObject {
  const { total, unread, byEvent, byPriority, pending, delivered, dead } = stats
  return { total, unread, byEvent, byPriority, pending, delivered, dead }
}

/** The format of `notifications --read ID --json`: how many were marked. */
export function markedView(count: number): JsonObject {
  return { marked: count }
}

/** The format of `notifications --resend ID --json`: how many were put back. */
export function redeliveredView(count: number): JsonObject {
  return { redelivered: count }
}
