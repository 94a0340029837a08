import type { Bundle } from '../domain/notifications/routing.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { Json } from '../domain/text/json.js'
import type { HandlerFilter } from './filter.js'

/**
 * A receiver of notifications, built in or the user's own. `createMonitor` applies the filter; a caller of `handle`
 * decides itself what to hand over.
 */
export interface Handler extends HandlerFilter {
  /** The kind of handler, such as `log` or `webhook`. */
  readonly type: string
  /**
   * Delivers a notification and resolves once the receiver has it. May be called again with the same notification id,
   * because delivery is at least once. Rejects with a `DeliveryError` that says whether a retry is worth it; any other
   * rejection counts as transient. Stops when `signal` aborts.
   *
   * May resolve with a value to remember for the subject of the notification, such as the id of the posted message. The
   * value is stored with the state and passed as `posted` with the next notification of that subject.
   */
  handle(notification: Notification, context: HandlerContext): Promise<unknown>
  /**
   * Edits what this handler posted for the subject, and posts nothing new: it shows the tally between two
   * notifications, or that the subject is over. `notification` is the last one that was delivered, with the current
   * tally, or the one that ended the subject and is not delivered itself. Resolves and rejects as `handle` does: a
   * transient failure is retried later with the newest state then, and a permanent one stops the edits until the next
   * notification of the subject. Absent if the channel cannot edit.
   */
  edit?(notification: Notification, context: EditContext): Promise<unknown>
}

/** The context of an edit. */
export interface EditContext extends Pick<HandlerContext, 'signal'> {
  /** The value that this handler stored last for the subject. */
  readonly posted: Json
  /**
   * The subject of the message. If the notification has another subject, the plan goes on under that one, and the
   * message is closed.
   */
  readonly subject: string
}

export interface HandlerContext {
  readonly signal: AbortSignal
  /** The value that this handler stored for an earlier notification of the same subject, if it is still known. */
  readonly posted?: Json
  /**
   * Stores this value as `posted` at once, even if the attempt fails or is aborted afterwards, so that a handler that
   * posts in several steps does not start over. Resolves once it is stored; a value that is not short JSON is not
   * stored.
   */
  readonly remember?: (posted: unknown) => Promise<void>
  /**
   * True if what was posted already shows a later notification of the subject: this one was held back, or sent again,
   * and must not replace it.
   */
  readonly outdated?: boolean
  /** The later notification that was posted, if `outdated` is set and it is still in the inbox. */
  readonly newest?: Notification
  /** The value that this handler stored for another subject that goes on under the subject of the notification. */
  readonly former?: Json
  /**
   * The values that this handler stored for the other subjects that end with the notification, by subject: the former
   * subject, and the plan's own pre-flight and hook subjects. Subjects that a later notification was sent for are left
   * out.
   */
  readonly ended?: ReadonlyMap<string, Json>
  /** True if the filter or the routes exclude the notification: it may only close something, and must start nothing. */
  readonly closesOnly?: boolean
  /**
   * True if quiet hours or a digest hold the notification for now: it is handed over only because it closes something,
   * and nobody must be disturbed.
   */
  readonly quiet?: boolean
  /** All notifications that are sent together with this one as one message. Present only if the channel bundles. */
  readonly bundle?: Bundle
}
