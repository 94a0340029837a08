import type { JsonObject } from '../domain/text/json.js'
import { isoOfMs } from '../domain/text/time.js'
import type { DeadLetter } from '../store/Store.js'
import { notificationView } from './notificationView.js'

/** One dead letter as `notifications --dead --json` gives it. */
export function deadLetterView({ notification, handler, attempts, reason, at }: DeadLetter): JsonObject {
  return { notification: notificationView(notification), handler, attempts, reason, at: isoOfMs(at) }
}
