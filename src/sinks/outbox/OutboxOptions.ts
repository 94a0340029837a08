import type { Observable, ObservableInput, SchedulerLike } from 'rxjs'
import type { ChainState } from '../../domain/chainState.js'
import type { NotificationRoute } from '../../domain/notifications/routing.js'
import type { Notification } from '../../domain/notifications/notification.js'
import type { EditContext, Handler, HandlerContext } from '../../channels/Handler.js'
import type { SteadyClock } from '../../store/steadyClock.js'
import type { Store } from '../../store/Store.js'
import type { Pacer } from './createPacer.js'

/**
 * A handler as the outbox calls it: a `Handler`, or one that answers with a stream. Completion is the receipt; the last
 * value is kept as what was posted where it is JSON.
 */
export interface OutboxReceiver extends Pick<Handler, 'type'> {
  handle(notification: Notification, context: HandlerContext): ObservableInput<unknown> | undefined
  /** As that of a `Handler`. */
  edit?(notification: Notification, context: EditContext): ObservableInput<unknown> | undefined
}

/** What became of an edit that was not taken. */
export interface EditFailure {
  readonly handler: string
  readonly subject: string
  /** One line, without secrets. */
  readonly reason: string
  /** The service refuses it: it is left alone until the next notification of the subject. Else it is tried again. */
  readonly isRefused: boolean
}

/** What moves messages between two notifications. */
export interface VoteSource {
  /**
   * Subjects whose votes stand otherwise, or whose plans are over; with the first turn of a chain all of its votes and
   * plans.
   */
  readonly moved$: Observable<readonly string[]>
  /** The newest state of each chain that is known. */
  readonly states: () => Iterable<ChainState>
  /** As for notifications. */
  readonly route: NotificationRoute
  /** Told of the first failure in a row, and of each refusal. @defaultValue nobody is told */
  readonly onFailure?: (failure: EditFailure) => void
}

/** One handler, the time limit of a try, and how many tries it gets. */
export interface OutboxLane {
  readonly handler: OutboxReceiver
  /** Tries before a notification goes to the dead letters. @defaultValue 100, which outlasts a night */
  readonly maxAttempts?: number
  /** For one try. */
  readonly timeoutMs: number
  /**
   * False where the handler gets each notification by itself: what was to be one message, under a configuration of
   * before, is not. @defaultValue `true`
   */
  readonly bundles?: boolean
  /** Keeps it within what the receiver bears. @defaultValue no limit */
  readonly pacer?: Pacer
  /** True while a request of the try under way waits for the rate. @defaultValue none does */
  readonly waits$?: Observable<boolean>
}

/** The part of a {@link Store} that delivery works with. */
export type OutboxStore = Pick<
  Store,
  | 'waitingHandlers'
  | 'due'
  | 'urgent'
  | 'probe'
  | 'hasten'
  | 'nextDue'
  | 'followClock'
  | 'rehold'
  | 'unbundle'
  | 'delivered'
  | 'postpone'
  | 'bury'
  | 'posted'
  | 'isOutdated'
  | 'isToldSince'
  | 'livingPost'
  | 'noteEdit'
  | 'remember'
  | 'pause'
  | 'pausedUntil'
  | 'sentSince'
  | 'silences'
  | 'record'
  | 'noteTry'
  | 'outages'
  | 'forgetOutages'
>

/** What delivery works with. */
export interface OutboxOptions {
  readonly store: OutboxStore
  /** By the key the outbox rows name. */
  readonly handlers: ReadonlyMap<string, OutboxLane>
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /**
   * Tells when the clock of the host was set back: then nothing waits until it has caught up.
   * @defaultValue what was tried waits for the clock of the host, an hour at the most
   */
  readonly steady?: SteadyClock
  /** 0 up to 1, for the jitter of the back-off. */
  readonly random: () => number
  /**
   * Takes the secrets of the configuration out of the reasons of failures, and out of the `info` of a plan.
   * @defaultValue takes nothing out
   */
  readonly conceal?: (text: string) => string
  /**
   * @defaultValue messages move with notifications alone, and what was held by a clock that was ahead comes out when
   *   that is found
   */
  readonly votes?: VoteSource
}
