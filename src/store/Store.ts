import type { ObservableInput } from 'rxjs'
import type { ChainState, Turn } from '../domain/chainState.js'
import type { Json } from '../domain/text/json.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { RebuiltState } from '../domain/notifications/announceRebuilt.js'
import type { Proposal, ProposalKey, ProposalRef, ProposalStatus, Vote } from '../domain/proposals/proposal.js'
import type { ProposalCounts, Recalled } from '../domain/proposals/archive.js'
import type { ProposalFilter } from '../domain/proposals/selectProposals.js'

/** One notification on its way to one handler. */
export interface OutboxItem {
  readonly notification: Notification
  readonly handler: string
  /** Tries made so far. */
  readonly attempts: number
}

export interface DeadLetter extends OutboxItem {
  readonly reason: string
  /** Host clock, Unix milliseconds. */
  readonly at: number
}

export interface AuditEntry {
  readonly seq: number
  /** Host clock, Unix milliseconds. */
  readonly at: number
  readonly chain: string
  /** Such as `change`, `upgrade`, `write`, `notification`, `delivery`. */
  readonly kind: string
  readonly detail: Json
}

export interface NotificationStats {
  readonly total: number
  readonly unread: number
  readonly byEvent: Readonly<Record<string, number>>
  readonly byPriority: Readonly<Record<string, number>>
  readonly pending: number
  readonly delivered: number
  readonly dead: number
}

/** The status of a proposal from one block on. */
export interface StatusMove {
  readonly status: ProposalStatus
  readonly derived: boolean
  readonly block: bigint
  /** Chain time, Unix seconds. */
  readonly time: bigint
}

/** Proposals as they were selected, each read when it comes round: iterate over it before the store is closed. */
export interface Selection extends Iterable<Proposal> {
  /** How many were selected. */
  readonly size: number
}

/** `known`: as they became known. `newest`: by where they were submitted on the chain, the last one first. */
export type ProposalOrder = 'known' | 'newest'

/** How many proposals are tracked, archived or not. */
export interface TrackedCounts extends ProposalCounts {
  readonly total: number
  /** What is still to be voted on, or passed with something left to be carried out. */
  readonly open: number
}

/** What is known of a chain, without its proposals. */
export interface ChainOutline extends Omit<ChainState, 'proposals' | 'announcedIds'> {
  /** Governance system of the first proposal; absent where there is none. */
  readonly system?: string
  /** How many proposals are open, as {@link TrackedCounts} has it. */
  readonly open: number
}

/** What is to be brought back from the archive. */
export interface Wanted {
  readonly keys: readonly ProposalKey[]
  /** Unix seconds: some that closed before, the oldest first, are due to be forgotten. */
  readonly before: bigint
  /** So many more are tracked than may be: some of them, the oldest first, are due too. */
  readonly surplus: number
}

/** Which handlers want a notification: their keys. */
export type Route = (notification: Notification) => readonly string[]

/**
 * Durable state. All methods but `commit` are synchronous; each writing one is a single transaction. Throws
 * `StoreError`.
 */
export interface Store {
  /** What became of a damaged state that this one stands in for; undefined once that is told. */
  rebuilt(): RebuiltState | undefined
  forgetRebuilt(): void
  /** The state of a chain as the last commit left it. */
  load(chain: string): ChainState | undefined
  /**
   * As `load`, without what is settled: it stays in the archive, out of which `recall` gives it. Whole where the first
   * sync has not caught up. The state of a commit may lack what was archived, too: nothing is
   * deleted for that.
   */
  resume(chain: string): ChainState | undefined
  /** What is asked for of the proposals that a chain tracks, and what was told of them. */
  recall(chain: string, wanted: Wanted): Recalled
  /** What is known of a chain without its proposals: little work, however many they are. */
  outline(chain: string): ChainOutline | undefined
  /**
   * The tracked proposals that fit every given condition, chain by chain: of these chains in their order, or of all by
   * name. `after` follows the order `known`.
   */
  find(
    filter?: ProposalFilter,
    scope?: { readonly chains?: readonly string[]; readonly order?: ProposalOrder },
  ): Selection
  /** One tracked proposal. */
  proposal(key: ProposalKey): Proposal | undefined
  /**
   * The tracked proposals that somebody means by an id, newest first: those that have it, `chain/ID` or that key; else
   * those where one of these is long and starts with it.
   */
  meant(given: string, chains?: readonly string[]): Selection
  /**
   * The ids next to an id among those of all tracked proposals, for telling how much of it is enough; undefined where
   * none has it.
   */
  besides(id: string): readonly string[] | undefined
  /** How many proposals are tracked, of one chain or of all. */
  counts(chain?: string): TrackedCounts
  /**
   * Writes all of a turn or nothing: changed proposals and upgrades, the cursor, the inbox, one outbox row per
   * interested handler, the audit trail, and deletes what is forgotten. A notification id that is already
   * there is left alone and not queued again.
   *
   * A turn that tells nothing new, such as a head, may be kept back for a second while the right to write is held: at
   * the next write or `beat` it becomes durable with all others that wait, and a crash before that costs no more than
   * reading a little again. Any other turn is durable at once where it answers nothing; else when what it answers
   * completes, and `load` tells it by then. It is subscribed to once, and an error in it counts as one thrown: a
   * transient `StoreError` has the whole commit tried again. The next turn of a chain comes only after that; turns of
   * several chains may be under way together.
   */
  commit(turn: Turn, route: Route): ObservableInput<void> | undefined

  /** Votes on a proposal that were seen cast, in chain order: the newest thousand. */
  votes(proposal: ProposalRef): readonly Vote[]
  /** How the status of a proposal moved since it was first seen, in order: the newest hundred moves. */
  moves(proposal: ProposalRef): readonly StatusMove[]

  /** Handlers that something is still to be delivered to, by their keys. */
  waiting(): readonly string[]
  /**
   * Outbox rows whose next try is due at `now` (Unix ms), oldest first: of one handler where it is named, or of all.
   */
  due(now: number, limit: number, handler?: string): readonly OutboxItem[]
  /** When the next outbox row, of one handler or of any, is due, Unix ms. */
  nextDue(handler?: string): number | undefined
  delivered(item: OutboxItem, at: number): void
  postpone(item: OutboxItem, until: number, reason: string): void
  bury(item: OutboxItem, at: number, reason: string): void
  /** What was given up, oldest first. */
  deadLetters(limit?: number): readonly DeadLetter[]
  /** Puts dead letters back into the outbox: one notification's, or `all`. Returns how many. */
  revive(id: string, now: number): number

  notifications(filter: { readonly unread?: boolean; readonly limit?: number }): readonly Notification[]
  /** The ids of all notifications in the inbox, oldest first. */
  notificationIds(): readonly string[]
  /** Marks one notification, or `all`, as read. Returns how many were marked. */
  markRead(id: string): number
  stats(): NotificationStats
  /** Drops notifications beyond the bounds; undelivered ones are kept. Unix ms. */
  prune(bounds: { readonly maxNotifications: number; readonly before: number }): void

  record(entry: Omit<AuditEntry, 'seq'>): void
  audit(filter: { readonly chain?: string; readonly limit?: number }): readonly AuditEntry[]

  /** All chains with a state, by name. */
  chains(): readonly string[]
  /** Takes the right to write; the answer is the other holder where there is one that lives. */
  claim(now: number): { readonly pid: number } | undefined
  /** Who holds the right to write and lives; undefined where nobody does. */
  holder(now: number): { readonly pid: number } | undefined
  /**
   * Says that this process is still there, and makes durable what was kept back; call at least every 2 s while it holds
   * the claim. Throws also where the file was deleted or replaced: what is written from then on would be lost.
   */
  beat(now: number): void
  release(): void
  /** Asks the process that holds the claim for a sync; the answer identifies the request. */
  requestSync(now: number): number
  /** Requests nobody has served yet. */
  pendingSyncs(): readonly number[]
  finishSync(request: number, problem?: string): void
  /** Undefined while it is pending. */
  syncResult(request: number): { readonly ok: true } | { readonly ok: false; readonly problem: string } | undefined
  close(): void
}

/** The store of this package: what it is asked for is done when the call returns. */
export interface EmbeddedStore extends Store {
  commit(turn: Turn, route: Route): undefined
}
