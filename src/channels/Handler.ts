import type { Bundle } from '../domain/notifications/routing.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { Json } from '../domain/text/json.js'
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
   *
   * May resolve with what is to be remembered of the subject of the notification, such as the place of what was
   * posted: it is kept with the state, and given back as `posted` with the next notification of that subject.
   */
  handle(notification: Notification, context: HandlerContext): Promise<unknown>
  /**
   * Shows in place, in what it posted of the subject, how a vote stands between two notifications, or that its plan is
   * over; posts nothing. The notification is the one that was told last, with the tally of now, or what ended the plan
   * and is not told there. Resolves and rejects as `handle` does: what is transient is tried again a while later with
   * what is newest then, and what is permanent ends the edits until the next notification of the subject. Absent where
   * nothing can be edited.
   */
  edit?(notification: Notification, context: EditContext): Promise<unknown>
}

/** What an edit may work with. */
export interface EditContext extends Pick<HandlerContext, 'signal'> {
  /** What this handler resolved with for the subject last. */
  readonly posted: Json
  /**
   * The subject of the message. Where the notification is of another one, that goes on there: the message is closed.
   */
  readonly subject: string
}

export interface HandlerContext {
  readonly signal: AbortSignal
  /** What this handler resolved with for an earlier notification of the same subject, where it is still known. */
  readonly posted?: Json
  /**
   * Keeps this as `posted` at once, also where the try fails or is broken off afterwards: for who posts in several
   * steps and does not want to begin anew. Resolves once it is kept; what is no short JSON is not.
   */
  readonly remember?: (posted: unknown) => Promise<void>
  /**
   * What was posted tells of a later notification of the subject: this one was held back, or sent again, and must not
   * take its place.
   */
  readonly outdated?: boolean
  /** The later notification that what was posted tells of, where `outdated` and it is still in the inbox. */
  readonly newest?: Notification
  /** What this handler resolved with for another subject that goes on under that of the notification. */
  readonly former?: Json
  /**
   * What this handler resolved with for all other subjects that are over with the notification, by subject: that one,
   * and what was told of the looks before a height and of the command after a file, with their plan. What something
   * later has been told of is not among them.
   */
  readonly ended?: ReadonlyMap<string, Json>
  /** Its filter or the routes leave it out: it is told for what it closes alone, and begins nothing. */
  readonly closesOnly?: boolean
  /** All that leaves together with it, as one message. Only where the channel bundles. */
  readonly bundle?: Bundle
}
