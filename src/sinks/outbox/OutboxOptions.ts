import type { ObservableInput, SchedulerLike } from 'rxjs'
import type { Notification } from '../../domain/notifications/notification.js'
import type { Handler } from '../../channels/Handler.js'
import type { Store } from '../../store/Store.js'

/** A handler as the outbox calls it: a `Handler`, or one that answers with a stream. Completion is the receipt. */
export interface Receiver extends Pick<Handler, 'type'> {
  handle(notification: Notification, context: { readonly signal: AbortSignal }): ObservableInput<unknown> | undefined
}

/** One handler and how patient we are with it. */
export interface Lane {
  readonly handler: Receiver
  /** Tries before a notification goes to the dead letters. @defaultValue 100, which outlasts a night */
  readonly maxAttempts?: number
  /** For one try. */
  readonly timeoutMs: number
}

export type OutboxStore = Pick<Store, 'waiting' | 'due' | 'nextDue' | 'delivered' | 'postpone' | 'bury' | 'record'>

export interface OutboxOptions {
  readonly store: OutboxStore
  /** By the key the outbox rows name. */
  readonly handlers: ReadonlyMap<string, Lane>
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** 0 up to 1, for the jitter of the back-off. */
  readonly random: () => number
  /**
   * Takes the secrets of the configuration out of what a handler says of a failure, and is told of a plan.
   * @defaultValue takes nothing out
   */
  readonly conceal?: (text: string) => string
}
