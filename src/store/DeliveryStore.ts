import type { Notification } from '../domain/notifications/notification.js'
import type { ChannelTry, Outage } from '../domain/notifications/outage.js'
import type { Bundle, NotificationRoute, Pace } from '../domain/notifications/routing.js'
import type { LivingPost } from '../domain/notifications/stepEdits.js'
import type { Json } from '../domain/text/json.js'
import type { SteadyClock } from './steadyClock.js'

/**
 * No try is put off for longer, in milliseconds: one that lies further ahead was put there before the clock stepped
 * back, and is due.
 */
export const longestPostponementMs = 3_600_000

/** One notification on its way to one handler. */
export interface OutboxItem {
  readonly notification: Notification
  readonly handler: string
  /** Tries made so far. */
  readonly attempts: number
  /** All that leaves together with it, itself first: they are delivered, postponed or given up as one. */
  readonly bundle?: Bundle
}

/** Why a try failed. */
export interface FailedTry {
  /** One line, without secrets. */
  readonly reason: string
  /** Of the answer, where there was one: of HTTP, or the exit code of a program. */
  readonly status?: number
}

/** What became of an edit. */
export interface EditNote {
  /** When it began, Unix milliseconds. */
  readonly at?: number
  /** What is shown of the vote, as `voteText` has it. */
  readonly shown?: string
  /** What the handler wants remembered of it. */
  readonly posted?: Json
  /** The service refuses it: nothing is edited until the next notification of the subject. */
  readonly isRefused?: true
}

/** A notification that was given up at one handler: after a permanent failure, or after too many tries. */
export interface DeadLetter extends OutboxItem, FailedTry {
  /** Host clock, Unix milliseconds. */
  readonly at: number
}

/** What names a delivery: its handler, and the id of its notification. */
export interface FailedKey {
  readonly handler: string
  readonly id: string
}

/** A notification that a handler did not take so far: it is tried again, or was given up. */
export interface FailedDelivery extends DeadLetter {
  /** Of the next try, Unix milliseconds; absent where there is none. */
  readonly nextTryAt?: number
}

/** What is still to be delivered, what became of each try, and which channels take nothing. */
export interface DeliveryStore {
  /** Handlers that something is still to be delivered to, by their keys. */
  waitingHandlers(): readonly string[]
  /**
   * Outbox rows whose next try is due at `now` (Unix ms), oldest first: of one handler where it is named, or of all.
   * What was held until then comes out first.
   */
  due(now: number, limit: number, handler?: string): readonly OutboxItem[]
  /**
   * Lets nothing that waits for another try, or rests, wait longer because the clock of the host was set back, which
   * shows `now` (Unix ms): the steady clock tells. To be called before each look at what is due.
   */
  followClock(now: number, steady: SteadyClock): void
  /** When the next outbox row, of one handler or of any, is due, or comes out, Unix ms; 0 where one is new. */
  nextDue(handler?: string): number | undefined
  /**
   * Asks the route anew about what was held by a clock that was ahead of `now` (Unix ms), as if it came now. `paceOf`
   * says how the blocks of a chain come. True where there is more of it than is done at once.
   */
  rehold(now: number, route: NotificationRoute, paceOf: (chain: string) => Pace | undefined): boolean
  /**
   * Has all that is to leave a handler as one message leave by itself, at the same time; at `now` (Unix ms) what waits
   * in the outbox with another one.
   */
  unbundle(handler: string, now: number): void
  /**
   * What goes next at a handler at `now` (Unix ms) because of a critical notification: the oldest critical one that is
   * due, or the head of its subject where that has not been tried yet. `untried`: of those alone that never were;
   * `alone`: without that head.
   */
  urgent(
    now: number,
    handler: string,
    which?: { readonly untried?: boolean; readonly alone?: boolean },
  ): OutboxItem | undefined
  /**
   * What tells best at `now` (Unix ms) whether a handler that fails is back: of what is due, with nothing due before it
   * in its subject unless it is critical, the oldest one with the fewest tries, or the newest one where that is asked.
   */
  probe(now: number, handler: string, newest?: boolean): OutboxItem | undefined
  /** Has all that waits for another try at a handler tried at `now` (Unix ms), and what waits behind it. */
  hasten(handler: string, now: number): void
  /**
   * What the handler of a row posted last of the same subject, or of another one, as `delivered` was told; dropped with
   * its proposal, where there is none once it is as old as notifications may be, or when 10,000 newer ones are kept.
   */
  posted(item: OutboxItem, subject?: string): Json | undefined
  /**
   * Keeps that while the row still waits: what was posted on the way to its delivery. Of several the last counts. `at`
   * is Unix milliseconds.
   */
  remember(item: OutboxItem, at: number, posted: Json): void
  /**
   * Whether that tells of a notification that came after the one of the row, or the row tells of what has ended since
   * under another subject: a plan that was moved, or a part of one that is over.
   */
  isOutdated(item: OutboxItem): boolean
  /** Whether what the handler of a row posted of another subject tells of a notification that came after the row. */
  isToldSince(item: OutboxItem, subject: string): boolean
  /** What a handler has posted of a subject; undefined where that, or what it tells of, is not known any more. */
  livingPost(handler: string, subject: string): LivingPost | undefined
  /** Notes what became of an edit of it, or that one begins; what is not named stays. */
  noteEdit(handler: string, subject: string, edit: EditNote): void
  /**
   * Removes a row that its handler has confirmed, and keeps what it wants remembered of the subject (`subjectOf`).
   * Unix ms.
   */
  delivered(item: OutboxItem, at: number, posted?: Json): void
  /**
   * Counts a failed try; the next one is due at `until` (Unix ms), and later ones of the same subject not before it,
   * unless they are critical. Where the receiver asked for a pause, its handler rests until `heldUntil` (Unix ms).
   */
  postpone(item: OutboxItem, until: number, failure: FailedTry & { readonly heldUntil?: number }): void
  /** Has a handler rest until then (Unix ms), for its receiver asked for it. */
  pause(handler: string, until: number): void
  /** When the rest of a handler is over, Unix ms; undefined where it does not rest at `now`. */
  pausedUntil(handler: string, now: number): number | undefined
  /**
   * When deliveries of a handler ended after a time (Unix ms), oldest first, those of one bundle once. Looks through
   * the newest 10,000 rows of all handlers, and as many before the oldest one that waits for it.
   */
  sentSince(handler: string, since: number): readonly number[]
  /** Moves a row to the dead letters, after so many tries: by default one more than before. Unix ms. */
  bury(item: OutboxItem, at: number, failure: FailedTry & { readonly attempt?: number }): void
  /** The dead letters, oldest first. */
  deadLetters(limit?: number): readonly DeadLetter[]
  /** What was tried and is not delivered: what waits for another try, then the dead letters, each oldest first. */
  failedDeliveries(limit?: number): readonly FailedDelivery[]
  /** Those that come behind one of them in that order; undefined where it is none of them any more. */
  failedDeliveriesAfter(last: FailedKey, limit: number): readonly FailedDelivery[] | undefined
  /**
   * Puts dead letters back into the outbox as if they were new, and has what waits for another try tried at `now` (Unix
   * ms): one notification's, or `all`, but for those of some handlers. Returns how many.
   */
  revive(id: string, now: number, except?: readonly string[]): number

  /**
   * The channels of which the last tries failed, or succeed again for a while only, by name. A committed `channel_down`
   * notes that people know of one, `channel_recovered` ends it.
   */
  outages(): readonly Outage[]
  /** How many notifications wait for a handler: takes as long as there are many. */
  waitingFor(handler: string): number
  /** When the oldest of them was queued, Unix milliseconds; undefined where none waits. */
  waitingSince(handler: string): number | undefined
  /** Counts what became of a try at a channel. */
  noteTry(channel: string, tried: ChannelTry): void
  /**
   * Forgets the outages of all channels but these, for nobody tries the others any more. Those that people were told of
   * stay until they are told that the channel is gone.
   */
  forgetOutages(known: Iterable<string>): void
}
