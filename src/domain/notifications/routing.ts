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

/** What is known when a notification is routed. */
export interface RoutingMoment {
  /** Host clock, Unix milliseconds. */
  readonly at: number
  /** The silences that are not over. */
  readonly silences: readonly Silence[]
  /** What tells when a height is reached. */
  readonly pace?: { readonly head?: Head; readonly blockTime: BlockTime }
}

/** Where a notification goes. */
export interface Routing {
  /** The id of the silence that holds it back. */
  readonly silencedBy?: string
  /** Keys of the handlers that get it. */
  readonly to: readonly string[]
}

/** Says where a notification goes: the keys of handlers, or a {@link Routing}. */
export type NotificationRoute = (notification: Notification, moment: RoutingMoment) => readonly string[] | Routing
