import type { BlockTime } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import type { Notification } from './notification.js'

/**
 * What a notification must be like, by key: `chain`, `system`, `event`, `type`, `priority`, `title`, `subject`,
 * `label.NAME`.
 */
export type Match = Readonly<Record<string, string>>

/** What the operator does not want to be told for a while. */
export interface Silence {
  readonly id: string
  readonly match: Match
  /** When it ends. Host clock, Unix milliseconds. */
  readonly until: number
  readonly comment: string
  /** Who set it. */
  readonly by: string
  /** How many notifications it has held back. */
  readonly held: number
}

/** What tells when a height is reached. */
export interface Pace {
  readonly head?: Head
  readonly blockTime: BlockTime
}

/** What is known when a notification is routed. */
export interface RoutingMoment {
  /** Host clock, Unix milliseconds. */
  readonly at: number
  /** The silences that are not over. */
  readonly silences: readonly Silence[]
  readonly pace?: Pace
  /**
   * When a group was last to be released at a handler, Unix milliseconds; undefined where it is not remembered.
   * @defaultValue remembers nothing
   */
  readonly lastRelease?: (handler: string, group: string) => number | undefined
  /**
   * Whether a handler was told of a subject, or is still to be told of it.
   * @defaultValue it was told of everything
   */
  readonly hasTold?: (handler: string, subject: string) => boolean
}

/** What is not handed to a handler at once. Times are Unix milliseconds of the host. */
export interface HeldDelivery {
  readonly handler: string
  /** When it goes into the outbox. */
  readonly releaseAt: number
  /** What is released together under this key becomes one message. @defaultValue a message of its own */
  readonly bundle?: string
  /** Until when the release is to be remembered as that of its group. @defaultValue not at all */
  readonly group?: { readonly key: string; readonly until: number }
}

/** Where a notification goes. */
export interface Routing {
  /** The id of the silence that holds it back. */
  readonly silencedBy?: string
  /** Handlers that get it: at once, by their key; or later. */
  readonly to: readonly (string | HeldDelivery)[]
}

/** Says where a notification goes: the keys of handlers, or a {@link Routing}. */
export type NotificationRoute = (notification: Notification, moment: RoutingMoment) => readonly string[] | Routing

/** Notifications that were held and leave as one message. */
export interface Bundle {
  /** Oldest first: all of them, or of many the first and the most urgent. */
  readonly notifications: readonly Notification[]
  /** Of all of them. */
  readonly count: number
}
