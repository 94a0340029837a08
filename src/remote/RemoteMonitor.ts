import type { SchedulerLike } from 'rxjs'
import type { Head } from '../domain/blocks/head.js'
import type { Health } from '../domain/health.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { Change } from '../domain/proposals/change.js'
import type { UpgradeQueue } from '../domain/upgrades/upgrade.js'
import type { IterableStream } from '../streams/toAsyncIterable.js'
import type { ProposalState } from '../streams/views.js'
import type { Fetch } from '../transport/createFetchClient.js'

/** How the connection to a govstream elsewhere is. */
export type Connection =
  | { readonly type: 'open' }
  /** It is tried again after `retryInMs`. */
  | { readonly type: 'lost'; readonly problem: string; readonly retryInMs: number }
  /** Something may have happened that no stream tells: it is told from how all stands now on. */
  | { readonly type: 'reset'; readonly reason: string }

/**
 * The streams of a govstream that runs elsewhere, as its own monitor has them.
 *
 * All streams share one connection, which opens with the first subscription and closes with the last; who comes after
 * that begins with how all stands then. They never complete. A connection that is lost is opened again, and goes on
 * behind the last event; the streams error with a `RemoteError` where that would not help: the govstream refuses the
 * token, or what it says is not understood. Each can be subscribed to, or read with `for await` as `toAsyncIterable`
 * does it.
 */
export interface RemoteMonitor {
  /** Every new head; those between two polls, or of a lost connection, are skipped. The latest of each chain first. */
  readonly heads$: IterableStream<Head & { readonly chain: string }>
  /** Every difference, in order. None is lost or repeated while subscribed, unless `connection$` tells of a reset. */
  readonly changes$: IterableStream<Change>
  /** What can still change and what closed lately, with counts of all, whenever one changed; the latest state first. */
  readonly proposals$: IterableStream<ProposalState>
  /** All upgrades whenever one changed; the latest state first. */
  readonly upgrades$: IterableStream<UpgradeQueue>
  /** Each notification once, in order, as the inbox has it: also one that a silence holds back. As `changes$`. */
  readonly notifications$: IterableStream<Notification>
  /** The health of a chain after each of its polls. The latest of each chain first. */
  readonly health$: IterableStream<Health>
  /** How the connection is, whenever that changes; how it is now first. */
  readonly connection$: IterableStream<Connection>
  /** The id of the last event that was received: with `lastEventId` another one goes on behind it. */
  lastEventId(): string | undefined
}

/** Which govstream, and how it is asked. */
export interface ConnectOptions {
  /** Where it serves, such as `https://gov.example`. */
  readonly url: string
  /** Its `http.tokens.read`, where it asks for one. */
  readonly token?: string
  /** Goes on behind this event, such as one of an earlier process. @defaultValue begins with how all stands now */
  readonly lastEventId?: string
  /** @defaultValue the `fetch` of the host */
  readonly fetch?: Fetch
  /** Clock and timers. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** A number in [0, 1) for jitter. @defaultValue `Math.random` */
  readonly random?: () => number
}
