import type { JsonObject } from '../domain/text/json.js'
import type { Notification } from '../domain/notifications/notification.js'

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
}: Notification): JsonObject {
  return { id, event, priority, chain, title, message, timestamp, data, read, labels: {} }
}
