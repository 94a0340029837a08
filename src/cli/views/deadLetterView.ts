import type { JsonObject } from '../../domain/json.js'
import { isoOfMs } from '../../domain/time.js'
import type { DeadLetter } from '../../sinks/Store.js'
import { notificationView } from './notificationView.js'

/** One dead letter as `notifications --dead --json` gives it. */
export function deadLetterView({ notification, handler, attempts, reason, at }: DeadLetter): JsonObject {
  return { notification: notificationView(notification), handler, attempts, reason, at: isoOfMs(at) }
}
