/// <reference lib="esnext.disposable" preserve="true" />
import type { SchedulerLike } from 'rxjs'
import type { ConfigDifference } from '../config/differenceOf.js'
import type { Config, ConfigInput } from '../config/schema.js'
import type { Change } from '../domain/proposals/change.js'
import type { Head } from '../domain/blocks/head.js'
import type { Health } from '../domain/health.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { Proposal } from '../domain/proposals/proposal.js'
import type { ReadFailure } from '../domain/reading.js'
import type { ProposalFilter } from '../domain/proposals/selectProposals.js'
import type { UpgradeQueue } from '../domain/upgrades/upgrade.js'
import type { Handler } from '../channels/Handler.js'
import type { LogWriter } from '../channels/Channel.js'
import type { SyncProgress } from '../sources/createReader.js'
import type { GovernanceReader } from '../sources/governance/GovernanceReader.js'
import type { ViemClient } from '../sources/rpc/createEvmEndpoints.js'
import type { Stages } from '../streams/pipeStages.js'
import type { Stage } from '../streams/stage.js'
import type { IterableStream } from '../streams/toAsyncIterable.js'
import type { ProposalState } from '../streams/views.js'
import type { ExtractPlan } from './chain/findPlanOf.js'

/** What the program that embeds the monitor (the application) may bring along. */
export interface MonitorDeps {
  /** viem clients of the application, by the name of the chain; they replace the configured URLs. */
  readonly clients?: Readonly<Record<string, ViemClient>>
  /** Readers of the application, by the name of the chain; they read in place of the configured system and URLs. */
  readonly readers?: Readonly<Record<string, GovernanceReader>>
  /**
   * Handlers of the application; each gets the notifications that its `minPriority`, `events` and `chains` let through.
   */
  readonly handlers?: readonly Handler[]
  /** Decides what plan a proposal carries, in place of the rules. */
  readonly extractPlan?: ExtractPlan
  /**
   * The line that every turn of every chain walks through, from the stages of this package and operators of
   * the application between them. @defaultValue the stages in their order
   */
  readonly stages?: (own: Stages) => Stage
  /** Where the log and the `log` handler write; a pino logger fits. @defaultValue nowhere */
  readonly log?: LogWriter
  /**
   * Called with how far the reading of a long history has come. @defaultValue it is logged, a line every ten seconds
   */
  readonly onProgress?: (progress: SyncProgress) => void
  /**
   * What `POST /api/v1/reload` does: reads the configuration anew, hands it to `reload` of the monitor with `by`, and
   * gives what that gave. Throws a `ConfigError` where any of it is wrong. @defaultValue it is refused with 501
   */
  readonly reread?: (by: string) => ConfigDifference
  /** Clock and timers. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** A number in [0, 1) for jitter. @defaultValue `Math.random` */
  readonly random?: () => number
}

/** What a forced poll of one chain came to. */
export type SyncResult =
  | { readonly chain: string; readonly ok: true; readonly height: bigint }
  | { readonly chain: string; readonly ok: false; readonly failure: ReadFailure }

/** What is known of all chains at one moment. */
export interface Snapshot extends ProposalState, UpgradeQueue {
  /** One a chain that was ever read. */
  readonly heads: readonly (Head & { readonly chain: string })[]
  readonly health: readonly Health[]
}

/**
 * The streams of all chains and what keeps them going.
 *
 * All streams share one reading of each chain, which starts with the first subscription and ends with the last. They
 * complete when a `run()` stops. What they emit is committed to the state before it is emitted; the head and the health
 * of a poll that found nothing new within a second after. Files are written and handlers called only while `run()` or
 * `sync()` is at work. The streams error only where the state file fails, or a stage of the application. Each can be
 * subscribed to, or read with `for await` as `toAsyncIterable` does it.
 */
export interface Monitor {
  /** Every new head that was read, in order; heads between two polls are skipped. The latest of each chain first. */
  readonly heads$: IterableStream<Head & { readonly chain: string }>
  /** Every difference, in order. None is lost while subscribed. */
  readonly changes$: IterableStream<Change>
  /** What can still change and what closed lately, with counts of all, whenever one changed; the latest state first. */
  readonly proposals$: IterableStream<ProposalState>
  /** All upgrades whenever one changed; the latest state first. */
  readonly upgrades$: IterableStream<UpgradeQueue>
  /** Each notification once, in order. */
  readonly notifications$: IterableStream<Notification>
  /** The health of a chain after each of its polls. The latest of each chain first. */
  readonly health$: IterableStream<Health>
  /**
   * Heads, proposals, upgrades and health as they are now, without a subscription: of a monitor that is at work, else
   * as the state file has them. Throws a `StoreError` where that cannot be read.
   */
  snapshot(): Snapshot
  /**
   * The tracked proposals that fit, in the order they became known; as `snapshot()`, with `limit` and `after` for
   * pages.
   */
  find(filter?: ProposalFilter): readonly Proposal[]
  /**
   * Polls every chain now. Resolves when all of it is committed and, outside a `run()`, what was due is written and
   * delivered. A chain that cannot be read, also because a run stops meanwhile or a stage lets the reading lead to
   * nothing, is a result, not a rejection; rejects with a `StoreError`.
   */
  sync(): Promise<readonly SyncResult[]>
  /**
   * Reads, writes and delivers until `signal` aborts. Resolves after a clean stop; rejects with a `StoreError`, also
   * where a run is under way already.
   */
  run(options?: { readonly signal?: AbortSignal }): Promise<void>
  /**
   * Takes up another configuration, also while a run is at work, and gives what it changed. A chain or a handler for
   * which nothing is different is not touched: its readings, deliveries and pauses go on. One that changed ends what it
   * has begun and begins anew from the state; one that leaves ends what it has begun. The change is logged and audited
   * with `by`.
   *
   * @throws ConfigError where anything of it is wrong, or cannot change under a monitor (`state`, `http`); then nothing
   * of it is taken up.
   */
  reload(config: ConfigInput | Config, options?: { readonly by?: string }): ConfigDifference
  /**
   * What `await using` calls: ends a run as its signal does, waits for a sync, and ends the streams. Resolves after a
   * clean stop; why a run failed is told by the promise of that run.
   */
  [Symbol.asyncDispose](): Promise<void>
}
