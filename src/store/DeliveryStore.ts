import type { Notification } from '../domain/notifications/notification.js'
import type { ChannelTry, Outage } from '../domain/notifications/outage.js'
import type { Bundle, NotificationRoute, Pace } from '../domain/notifications/routing.js'
import type { SubjectStanding } from '../domain/notifications/messageText.js'
import type { LivingPost } from '../domain/notifications/stepEdits.js'
import type { Json } from '../domain/text/json.js'
import type { SteadyClock } from './steadyClock.js'

/**
 * Maximum postponement of an attempt, in milliseconds. A row postponed further was written before the clock was set
 * back, and counts as due.
 */
export const longestPostponementMs = 3_600_000

/** One notification to be delivered to one handler. */
export interface OutboxItem {
  readonly notification: Notification
  readonly handler: string
  /** Number of attempts so far. */
  readonly attempts: number
  /** All notifications sent together with it, itself first. They are delivered, postponed or given up together. */
  readonly bundle?: Bundle
}

/** Where the delivery of one notification to one handler stands. */
export interface DeliveryStanding {
  readonly handler: string
  /** `held`: it waits for its group, the end of quiet hours or a digest. */
  readonly state: 'delivered' | 'dead' | 'pending' | 'held'
  readonly attempts: number
  /** When it was delivered or given up, or else when it is due. Unix milliseconds. */
  readonly at: number
  /** Why the last attempt failed; empty if none did. */
  readonly reason: string
}

/** Why an attempt failed. */
export interface FailedTry {
  /** One line, without secrets. */
  readonly reason: string
  /** HTTP status of the answer or exit code of a program, if there was one. */
  readonly status?: number
}

/** The result of an edit. */
export interface EditNote {
  /** When the edit began, in Unix milliseconds. */
  readonly at?: number
  /** The state of the vote that the message shows, as text from `voteText`. */
  readonly shown?: string
  /** What the handler wants stored about the message. */
  readonly posted?: Json
  /** The service refuses the edit: nothing is edited until the next notification of the subject. */
  readonly isRefused?: true
}

/** What is stored as shown by a post that was reported as left open; the next edit replaces it. */
export const reportedAsLeft = 'left open'

/** What was posted by a handler that is unknown now, or about a chain that is. */
export interface StrayPost {
  readonly handler: string
  readonly subject: string
  readonly posted: Json
  /** What the post says of its subject. @defaultValue not known any more */
  readonly standing?: SubjectStanding
  /** True if it was reported before as left open. */
  readonly isReported: boolean
}

/** A notification that ended what a handler had posted, and that was never queued for that handler. */
export interface MissedEnd {
  readonly handler: string
  /** The subject of the post. */
  readonly subject: string
  readonly notification: Notification
  readonly posted: Json
}

/** A notification that one handler will not receive, after a permanent failure or too many attempts. */
export interface DeadLetter extends OutboxItem, FailedTry {
  /** Host clock, Unix milliseconds. */
  readonly at: number
}

/** Identifies a delivery by its handler and the id of its notification. */
export interface FailedKey {
  readonly handler: string
  readonly id: string
}

/** A notification that a handler has not accepted yet: it is retried or was given up. */
export interface FailedDelivery extends DeadLetter {
  /** Time of the next attempt in Unix milliseconds; absent if there is none. */
  readonly nextTryAt?: number
}

/** Pending deliveries, the results of attempts, and the channels that accept nothing. */
export interface DeliveryStore {
  /** Keys of the handlers with pending deliveries. */
  waitingHandlers(): readonly string[]
  /**
   * Returns outbox rows whose next attempt is due at `now` (Unix ms), oldest first, of one handler or of all.
   * Notifications that were held until then are moved to the outbox first.
   */
  due(now: number, limit: number, handler?: string): readonly OutboxItem[]
  /**
   * Corrects waits if the host clock, which shows `now` (Unix ms), was set back, so that no retry or pause gets longer.
   * The steady clock reveals this. Call it before each look at what is due.
   */
  followClock(now: number, steady: SteadyClock): void
  /** When the next row of one handler or of any is due or released, in Unix ms; 0 if one is new. */
  nextDue(handler?: string): number | undefined
  /**
   * Routes notifications again, as if they came now, if they were held by a clock ahead of `now` (Unix ms). `paceOf`
   * returns the block times of a chain. Returns true if more of them remain than are handled in one call.
   */
  rerouteHeld(now: number, route: NotificationRoute, paceOf: (chain: string) => Pace | undefined): boolean
  /**
   * Splits the bundles of a handler, so that each notification is sent separately at the same time; those already
   * waiting in a bundle in the outbox are due at `now` (Unix ms).
   */
  unbundle(handler: string, now: number): void
  /**
   * Returns the row to send next at `now` (Unix ms) because of a critical notification: the oldest critical one that is
   * due, or the first row of its subject if that has not been tried yet. `untried` limits this to rows never tried;
   * `alone` leaves out that first row.
   */
  urgent(
    now: number,
    handler: string,
    which?: { readonly untried?: boolean; readonly alone?: boolean },
  ): OutboxItem | undefined
  /**
   * Returns the row that best tests at `now` (Unix ms) whether a failing handler works again: the oldest due row with
   * the fewest attempts, or the newest with `newest`. No row before it in its subject may be due, unless it is
   * critical.
   */
  probe(now: number, handler: string, newest?: boolean): OutboxItem | undefined
  /** Makes all rows of a handler that wait for a retry, and those behind them, due at `now` (Unix ms). */
  makeDue(handler: string, now: number): void
  /**
   * Returns what the handler of a row posted last for the same subject, or for another one. It is kept while its
   * proposal, upgrade or chain is tracked, otherwise as long as notifications are; at most the newest 10,000 are kept.
   */
  posted(item: OutboxItem, subject?: string): Json | undefined
  /** Stores what was posted while the row is still pending. The last of several counts. `at` is Unix milliseconds. */
  remember(item: OutboxItem, at: number, posted: Json): void
  /**
   * Returns true if that post is about a later notification than the row, or if the subject of the row has since ended
   * under another subject: a plan that was moved, or a part of a plan that has ended.
   */
  isOutdated(item: OutboxItem): boolean
  /** Returns true if the handler's last post for another subject is about a later notification than the row. */
  isToldSince(item: OutboxItem, subject: string): boolean
  /** Returns what a handler has posted for a subject; undefined if the post or its notification is no longer known. */
  livingPost(handler: string, subject: string): LivingPost | undefined
  /** Returns true if the inbox has a later notification that ended the subject of this one. */
  hasEnded(notification: Notification): boolean
  /** Returns all posts except those that one of these handlers made about one of these chains, oldest first. */
  strayPosts(handlers: Iterable<string>, chains: Iterable<string>): readonly StrayPost[]
  /**
   * Returns the posts of these handlers about these chains that were closed while their chain was not watched, and not
   * changed since, oldest first.
   */
  unwatchedPosts(
    handlers: Iterable<string>,
    chains: Iterable<string>,
  ): readonly Pick<StrayPost, 'handler' | 'subject'>[]
  /**
   * Returns the notifications that ended what one of these handlers had posted and were never queued for it, oldest
   * first. Only the newest 10,000 of the inbox are searched.
   */
  missedEnds(handlers: readonly string[]): readonly MissedEnd[]
  /** Queues such notifications for their handlers, due at once. `at` is Unix milliseconds. */
  queueMissed(missed: readonly MissedEnd[], at: number): void
  /** Records the start or the result of an edit; fields that are not given stay as they are. */
  noteEdit(handler: string, subject: string, edit: EditNote): void
  /**
   * Removes a row after its handler has confirmed it, and stores what the handler returned for the subject
   * (`subjectOf`). Unix ms.
   */
  delivered(item: OutboxItem, at: number, posted?: Json): void
  /**
   * Counts a failed attempt. The next one is due at `until` (Unix ms); later rows of the same subject wait for it
   * unless they are critical. If the receiver asked for a pause, its handler rests until `heldUntil` (Unix ms).
   */
  postpone(item: OutboxItem, until: number, failure: FailedTry & { readonly heldUntil?: number }): void
  /** Pauses a handler until a time (Unix ms), because its receiver asked for it. */
  pause(handler: string, until: number): void
  /** When the pause of a handler ends, in Unix ms; undefined if it is not paused at `now`. */
  pausedUntil(handler: string, now: number): number | undefined
  /**
   * Returns when deliveries of a handler ended after a time (Unix ms), oldest first; a bundle counts once. Only the
   * newest 10,000 rows of all handlers are searched, and as many before its oldest pending row.
   */
  sentSince(handler: string, since: number): readonly number[]
  /**
   * Moves a row to the dead letters after `attempt` attempts, by default one more than before. `isOrphan` marks it as
   * given up because its handler is not configured. Unix ms.
   */
  bury(
    item: OutboxItem,
    at: number,
    failure: FailedTry & { readonly attempt?: number; readonly isOrphan?: boolean },
  ): void
  /** Returns the deliveries of one notification, by handler. What was sent with another one counts as that one does. */
  deliveriesOf(id: string): readonly DeliveryStanding[]
  /** The dead letters, oldest first. */
  deadLetters(limit?: number): readonly DeadLetter[]
  /**
   * Returns deliveries that were tried without success: first those waiting for a retry, then the dead letters, each
   * newest first.
   */
  failedDeliveries(limit?: number): readonly FailedDelivery[]
  /** Returns the newest of both in that order: half of each, or more of one where there are fewer of the other. */
  newestFailed(limit: number): readonly FailedDelivery[]
  /** Returns the deliveries after the given one in that order; undefined if it is no longer among them. */
  failedDeliveriesAfter(last: FailedKey, limit: number): readonly FailedDelivery[] | undefined
  /**
   * Puts dead letters back into the outbox as if they were new, and makes waiting retries due at `now` (Unix ms): those
   * of one notification or of `all`, except those of some handlers. Returns how many.
   */
  revive(id: string, now: number, except?: readonly string[]): number

  /**
   * Returns the channels whose latest attempts failed or have succeeded again only for a while, by name. A committed
   * `channel_down` records that people know of an outage; `channel_recovered` ends it.
   */
  outages(): readonly Outage[]
  /** Counts the notifications that wait for a handler. The time it takes grows with their number. */
  waitingFor(handler: string): number
  /** When the oldest of them was queued, in Unix milliseconds; undefined if none waits. */
  waitingSince(handler: string): number | undefined
  /** Counts the notifications that are held for a handler until their group comes out or its quiet hours end. */
  heldFor(handler: string): number
  /** Records the result of an attempt at a channel. */
  recordAttempt(channel: string, tried: ChannelTry): void
  /**
   * Drops the outages of all channels except `known`, because the others are no longer tried. An outage that was
   * announced stays until it is announced that the channel is gone.
   */
  forgetOutages(known: Iterable<string>): void
}
