import type { BlockTime } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import type { Notification } from './notification.js'

/**
 * The properties that a notification must have, by key: `chain`, `system`, `event`, `type`, `priority`, `title`,
 * `subject`, `label.NAME`.
 */
export type Match = Readonly<Record<string, string>>

/** Notifications that the operator does not want to receive for a while. */
export interface Silence {
  readonly id: string
  readonly match: Match
  /** When it ends: host clock, Unix milliseconds. */
  readonly until: number
  readonly comment: string
  /** Who set it. */
  readonly by: string
  /** Number of notifications that it has held back. */
  readonly held: number
}

/** The data from which the time of a height is estimated. */
export interface Pace {
  readonly head?: Head
  readonly blockTime: BlockTime
}

/** What is known when a notification is routed. */
export interface RoutingMoment {
  /** Host clock, Unix milliseconds. */
  readonly at: number
  /** The silences that have not ended. */
  readonly silences: readonly Silence[]
  readonly pace?: Pace
  /**
   * Returns when a group was last scheduled for release at a handler, Unix milliseconds; `undefined` if that is not
   * remembered. @defaultValue remembers nothing
   */
  readonly lastRelease?: (handler: string, group: string) => number | undefined
  /**
   * Returns whether a handler has received, or will receive, a notification about a subject.
   * @defaultValue it has received everything
   */
  readonly hasTold?: (handler: string, subject: string) => boolean
}

/** A delivery that is not made at once. Times are host time in Unix milliseconds. */
export interface HeldDelivery {
  readonly handler: string
  /** When it is moved into the outbox. */
  readonly releaseAt: number
  /** Set if quiet hours or a digest hold it, and not a group alone. */
  readonly isQuiet?: true
  /** Deliveries that are released together under this key become one message. @defaultValue a separate message */
  readonly bundle?: string
  /** The group of the release, and until when the release is remembered for it. @defaultValue not remembered */
  readonly group?: { readonly key: string; readonly until: number }
}

/** Where a notification is sent. */
export interface Routing {
  /** The id of the silence that holds it back. */
  readonly silencedBy?: string
  /** The handlers that receive it: a key for immediate delivery, or a held delivery. */
  readonly to: readonly (string | HeldDelivery)[]
}

/** Decides where a notification is sent. Returns keys of handlers, or a {@link Routing}. */
export type NotificationRoute = (notification: Notification, moment: RoutingMoment) => readonly string[] | Routing

/** Returns what a routing has for one handler: its key, a held delivery, or `undefined` if it receives nothing. */
export function deliveryTo(handler: string, routing: ReturnType<NotificationRoute>): string | HeldDelivery | undefined {
  const receivers = 'to' in routing ? routing.to : routing
  return receivers.find((to) => (typeof to === 'string' ? to : to.handler) === handler)
}

/** Notifications that were held and are sent as one message. */
export interface Bundle {
  /** Oldest first. If there are many, only the first and the most urgent ones. */
  readonly notifications: readonly Notification[]
  /** Number of all notifications in the bundle. */
  readonly count: number
  /** Ids of those whose subject ended while they were held. @defaultValue none */
  readonly ended?: ReadonlySet<string>
}
