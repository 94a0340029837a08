import type { Notification } from '../domain/notifications/notification.js'
import type { HandlerFilter } from './filter.js'

/**
 * A receiver of notifications: one of ours, or one of the user's own. `createMonitor` routes by the filter; whoever
 * calls `handle` directly decides what to hand over.
 */
export interface Handler extends HandlerFilter {
  /** Such as `log` or `webhook`. */
  readonly type: string
  /**
   * Resolves once the receiver has it. May be called again with the same notification id: delivery is at least
   * once. Rejects with a `DeliveryError` that says whether another try is worth it; any other rejection counts as
   * transient. Stops when `signal` aborts.
   */
  handle(notification: Notification, context: HandlerContext): Promise<void>
}

export interface HandlerContext {
  readonly signal: AbortSignal
}
