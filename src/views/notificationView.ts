import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { DeadLetter, NotificationStats } from '../store/Store.js'

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
    ...{ id, event, priority, chain, title, message, timestamp, data, read, labels },
    ...(silenced !== undefined && { silenced }),
  }
}

/** One dead letter as `notifications --dead --json` gives it. */
export function deadLetterView({ notification, handler, attempts, reason, at }: DeadLetter): JsonObject {
  return { notification: notificationView(notification), handler, attempts, reason, at: isoOfMs(at) }
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

/** How many `notifications --redeliver ID --json` put back. */
export function redeliveredView(count: number): JsonObject {
  return { redelivered: count }
}
