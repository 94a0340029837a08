import type { Observable, ObservableInput, SchedulerLike } from 'rxjs'
import type { ChainState } from '../../domain/chainState.js'
import type { NotificationRoute } from '../../domain/notifications/routing.js'
import type { Notification } from '../../domain/notifications/notification.js'
import type { EditContext, Handler, HandlerContext } from '../../channels/Handler.js'
import type { SteadyClock } from '../../store/steadyClock.js'
import type { Store } from '../../store/Store.js'
import type { Pacer } from './createPacer.js'

/**
 * A handler as the outbox calls it: a `Handler`, or a function that returns a stream. Completion confirms the delivery.
 * The last value is stored as what was posted, if it is JSON.
 */
export interface OutboxReceiver extends Pick<Handler, 'type'> {
  handle(notification: Notification, context: HandlerContext): ObservableInput<unknown> | undefined
  /** Like `edit` of a `Handler`. */
  edit?(notification: Notification, context: EditContext): ObservableInput<unknown> | undefined
}

/** A failed edit. */
export interface EditFailure {
  readonly handler: string
  readonly subject: string
  /** One line, without secrets. */
  readonly reason: string
  /**
   * True if the service refuses the edit: the message then stays as it is until the next notification of its subject.
   * Otherwise the edit is retried.
   */
  readonly isRefused: boolean
}

/** The source of changes that cause messages to be edited between two notifications. */
export interface VoteSource {
  /**
   * Emits the subjects whose votes changed or whose plans ended. With the first turn of a chain it emits all its votes
   * and plans.
   */
  readonly moved$: Observable<readonly string[]>
  /** Returns the newest known state of each chain. */
  readonly states: () => Iterable<ChainState>
  /** The routing, as used for notifications. */
  readonly route: NotificationRoute
  /** Called with the first failure of a row and with each refusal. @defaultValue does nothing */
  readonly onFailure?: (failure: EditFailure) => void
}

/** One handler, with its time limit and its maximum number of attempts. */
export interface OutboxLane {
  readonly handler: OutboxReceiver
  /** Maximum attempts before a notification becomes a dead letter. @defaultValue 100, which outlasts a night */
  readonly maxAttempts?: number
  /** Time limit of one attempt, in milliseconds. */
  readonly timeoutMs: number
  /**
   * False if the handler receives each notification separately, even if an earlier configuration bundled them.
   * @defaultValue `true`
   */
  readonly bundles?: boolean
  /** Limits the rate to what the receiver accepts. @defaultValue no limit */
  readonly pacer?: Pacer
  /** True while a request of the current attempt waits for the rate. @defaultValue never true */
  readonly waits$?: Observable<boolean>
}

/** The part of a {@link Store} that delivery uses. */
export type OutboxStore = Pick<
  Store,
  | 'waitingHandlers'
  | 'due'
  | 'urgent'
  | 'probe'
  | 'makeDue'
  | 'nextDue'
  | 'followClock'
  | 'rerouteHeld'
  | 'unbundle'
  | 'delivered'
  | 'postpone'
  | 'bury'
  | 'posted'
  | 'isOutdated'
  | 'isToldSince'
  | 'livingPost'
  | 'hasEnded'
  | 'missedEnds'
  | 'noteEdit'
  | 'remember'
  | 'pause'
  | 'pausedUntil'
  | 'sentSince'
  | 'silences'
  | 'record'
  | 'recordAttempt'
  | 'outages'
  | 'forgetOutages'
>

/** What delivery depends on. */
export interface OutboxOptions {
  readonly store: OutboxStore
  /** The lanes by the key in the outbox rows. */
  readonly handlers: ReadonlyMap<string, OutboxLane>
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /**
   * A steady clock that reveals when the host clock was set back, so that nothing waits until it catches up.
   * @defaultValue a retry then waits for the host clock, for at most an hour
   */
  readonly steady?: SteadyClock
  /** Returns a number from 0 up to 1, for the jitter of the back-off. */
  readonly random: () => number
  /**
   * Removes the secrets of the configuration from failure reasons and from the `info` of a plan. @defaultValue removes
   * nothing
   */
  readonly conceal?: (text: string) => string
  /**
   * @defaultValue messages are edited only with notifications, and notifications held by a clock that was ahead are
   * released when that is found
   */
  readonly votes?: VoteSource
}
