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

/** What the embedding program (the application) may supply. */
export interface MonitorDeps {
  /** viem clients of the application, by chain name. They replace the configured URLs. */
  readonly clients?: Readonly<Record<string, ViemClient>>
  /** Readers of the application, by chain name. They replace the configured system and URLs. */
  readonly readers?: Readonly<Record<string, GovernanceReader>>
  /**
   * Handlers of the application. Each receives the notifications that its `minPriority`, `events` and `chains` accept.
   */
  readonly handlers?: readonly Handler[]
  /** Decides which plan a proposal carries, instead of the built-in rules. */
  readonly extractPlan?: ExtractPlan
  /**
   * Builds the line of stages that processes each turn of each chain, from the stages of this package and custom
   * operators between them. @defaultValue the built-in stages in their order
   */
  readonly stages?: (own: Stages) => Stage
  /** Where the log and the `log` handler write; a pino logger fits. @defaultValue nowhere */
  readonly log?: LogWriter
  /** Called with the progress of reading a long history. @defaultValue logs one line every ten seconds */
  readonly onProgress?: (progress: SyncProgress) => void
  /**
   * Handles `POST /api/v1/reload`: reads the configuration again, passes it to the monitor's `reload` with `by`, and
   * returns the result. Throws a `ConfigError` if the configuration is wrong. @defaultValue the request is refused with
   * 501
   */
  readonly reread?: (by: string) => ConfigDifference
  /** Clock and timers. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** Returns a number in [0, 1) for jitter. @defaultValue `Math.random` */
  readonly random?: () => number
}

/** The result of a forced poll of one chain. */
export type SyncResult =
  | { readonly chain: string; readonly ok: true; readonly height: bigint }
  | { readonly chain: string; readonly ok: false; readonly failure: ReadFailure }

/** The known state of all chains at one moment. */
export interface Snapshot extends ProposalState, UpgradeQueue {
  /** One head for each chain that was read at least once. */
  readonly heads: readonly (Head & { readonly chain: string })[]
  readonly health: readonly Health[]
}

/**
 * The streams of all chains, and the calls that drive them.
 *
 * All streams share one reading of each chain, which starts with the first subscription and ends with the last. They
 * complete when a `run()` stops. A value is committed to the state before it is emitted; the head and the health of a
 * poll that found nothing new are committed within a second after. Files are written and handlers called only during
 * `run()` or `sync()`. The streams error only if the state file or a stage of the application fails. Each stream can be
 * subscribed to, or read with `for await` as `toAsyncIterable` does.
 */
export interface Monitor {
  /** Emits every new head, in order, after the latest head of each chain. Heads between two polls are skipped. */
  readonly heads$: IterableStream<Head & { readonly chain: string }>
  /** Emits every difference, in order. None is lost while subscribed. */
  readonly changes$: IterableStream<Change>
  /**
   * Emits the proposals that can still change or closed lately, with counts of all, on each change; the latest state
   * first.
   */
  readonly proposals$: IterableStream<ProposalState>
  /** Emits all upgrades on each change, the latest state first. */
  readonly upgrades$: IterableStream<UpgradeQueue>
  /** Emits each notification once, in order. */
  readonly notifications$: IterableStream<Notification>
  /** Emits the health of a chain after each of its polls; first the latest health of each chain. */
  readonly health$: IterableStream<Health>
  /**
   * Returns the current heads, proposals, upgrades and health without a subscription: those of a monitor at work,
   * otherwise those in the state file. Throws a `StoreError` if the file cannot be read.
   */
  snapshot(): Snapshot
  /**
   * Returns the tracked proposals that match, in the order in which they became known, from the same source as
   * `snapshot()`. Use `limit` and `after` for pages.
   */
  find(filter?: ProposalFilter): readonly Proposal[]
  /**
   * Polls every chain now. Resolves when the result is committed and, outside a `run()`, due files are written and due
   * notifications delivered. A chain that cannot be read is a result, not a rejection; so is a run that stops
   * meanwhile, and a stage that drops the reading. Rejects with a `StoreError`.
   */
  sync(): Promise<readonly SyncResult[]>
  /**
   * Reads, writes and delivers until `signal` aborts. Resolves after a clean stop. Rejects with a `StoreError`, also if
   * a run is already under way.
   */
  run(options?: { readonly signal?: AbortSignal }): Promise<void>
  /**
   * Applies another configuration, even during a run, and returns what it changed. An unchanged chain or handler is not
   * touched: its readings, deliveries and pauses go on. A changed one finishes the work it has begun and starts again
   * from the state; a removed one finishes the work it has begun. The change is logged and audited with `by`.
   *
   * @throws ConfigError if any part of it is wrong, or cannot change under a monitor (`state`, `http`). Then nothing is
   * applied.
   */
  reload(config: ConfigInput | Config, options?: { readonly by?: string }): ConfigDifference
  /**
   * Called by `await using`: stops a run as its signal does, waits for a sync, and ends the streams. Resolves after a
   * clean stop. If a run failed, the promise of that run reports why.
   */
  [Symbol.asyncDispose](): Promise<void>
}
