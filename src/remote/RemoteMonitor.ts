import type { SchedulerLike } from 'rxjs'
import type { Head } from '../domain/blocks/head.js'
import type { Health } from '../domain/health.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { Change } from '../domain/proposals/change.js'
import type { UpgradeQueue } from '../domain/upgrades/upgrade.js'
import type { IterableStream } from '../streams/toAsyncIterable.js'
import type { ProposalState } from '../streams/views.js'
import type { Fetch } from '../transport/createFetchClient.js'

/** The state of the connection to a remote govstream. */
export type Connection =
  | { readonly type: 'open' }
  /** The connection is retried after `retryInMs`. */
  | { readonly type: 'lost'; readonly problem: string; readonly retryInMs: number }
  /** Events may have been missed; the streams continue from the current state. */
  | { readonly type: 'reset'; readonly reason: string }

/**
 * The streams of a govstream that runs elsewhere, the same as those of its own monitor.
 *
 * All streams share one connection, which opens with the first subscription and closes with the last. A later
 * subscriber first gets the current state. The streams never complete. A lost connection is reopened and resumes after
 * the last event. The streams error with a `RemoteError` if a retry would not help: the govstream refuses the token, or
 * its answer is not understood. Each stream can be subscribed to, or read with `for await`, as with `toAsyncIterable`.
 */
export interface RemoteMonitor {
  /**
   * Every new head; heads between two polls, or during a lost connection, are skipped. Emits the latest of each chain
   * first.
   */
  readonly heads$: IterableStream<Head & { readonly chain: string }>
  /** Every difference, in order. None is lost or repeated while subscribed, unless `connection$` emits a `reset`. */
  readonly changes$: IterableStream<Change>
  /** Open and recently closed proposals, with counts of all, whenever one changed. Emits the latest state first. */
  readonly proposals$: IterableStream<ProposalState>
  /** All upgrades, whenever one changed. Emits the latest state first. */
  readonly upgrades$: IterableStream<UpgradeQueue>
  /** Each notification of the inbox once, in order, silenced ones included. Loses and repeats as `changes$` does. */
  readonly notifications$: IterableStream<Notification>
  /** The health of a chain after each of its polls. Emits the latest of each chain first. */
  readonly health$: IterableStream<Health>
  /** The state of the connection, whenever it changes. Emits the current one first. */
  readonly connection$: IterableStream<Connection>
  /** The id of the last event received; pass it as `lastEventId` to resume after it. */
  lastEventId(): string | undefined
}

/** The address of a govstream, and how to connect to it. */
export interface ConnectOptions {
  /** Base URL, such as `https://gov.example`. */
  readonly url: string
  /** One of its `http.tokens.read`, if it requires one. */
  readonly token?: string
  /**
   * Resumes after this event, such as the last one of an earlier process. @defaultValue starts from the current state
   */
  readonly lastEventId?: string
  /** @defaultValue the `fetch` of the host */
  readonly fetch?: Fetch
  /** Clock and timers. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** A number in [0, 1) for jitter. @defaultValue `Math.random` */
  readonly random?: () => number
}
