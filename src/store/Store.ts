import type { PlanStore } from './PlanStore.js'
import type { ObservableInput } from 'rxjs'
import type { ChainState, Turn } from '../domain/chainState.js'
import type { Json } from '../domain/text/json.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { NotificationRoute, Silence } from '../domain/notifications/routing.js'
import type { RebuiltState } from '../domain/notifications/announceRebuilt.js'
import type { Proposal, ProposalKey, ProposalRef, ProposalStatus, Vote } from '../domain/proposals/proposal.js'
import type { RecalledProposals } from '../domain/proposals/archive.js'
import type { ProposalCounts } from '../domain/proposals/counts.js'
import type { ProposalFilter } from '../domain/proposals/selectProposals.js'
import type { DeliveryStore } from './DeliveryStore.js'
import type { JournalStore } from './JournalStore.js'

/** One entry of the audit trail. */
export interface AuditEntry {
  /** Increases by one with each entry. */
  readonly seq: number
  /** Host clock, Unix milliseconds. */
  readonly at: number
  readonly chain: string
  /** For example `change`, `upgrade`, `write`, `notification` or `delivery`. */
  readonly kind: string
  readonly detail: Json
}

/** Counts of the inbox, and of the outbox over all handlers. */
export interface NotificationStats {
  readonly total: number
  readonly unread: number
  readonly byEvent: Readonly<Record<string, number>>
  readonly byPriority: Readonly<Record<string, number>>
  readonly pending: number
  readonly delivered: number
  readonly dead: number
}

/** A status of a proposal and the block from which it holds. */
export interface StatusMove {
  readonly status: ProposalStatus
  readonly derived: boolean
  readonly block: bigint
  /** Chain time, Unix seconds. */
  readonly time: bigint
}

/** Proposals selected at one moment. Each is read when the iteration reaches it, so iterate before `close`. */
export interface ProposalSelection extends Iterable<Proposal> {
  /** How many were selected. */
  readonly size: number
}

/** `known`: in the order in which they became known. `newest`: by submission on the chain, the latest first. */
export type ProposalOrder = 'known' | 'newest'

/** Counts of the tracked proposals, including archived ones. */
export interface TrackedCounts extends ProposalCounts {
  readonly total: number
  /** Proposals that are still to be voted on, or passed and still to be executed. */
  readonly open: number
}

/** The state of a chain without its proposals. */
export interface ChainOutline extends Omit<ChainState, 'proposals' | 'announcedIds'> {
  /** Governance system of the first proposal; absent if there is none. */
  readonly system?: string
  /** Number of open proposals, as in {@link TrackedCounts}. */
  readonly open: number
}

/** What to load from the archive. */
export interface RecallRequest {
  readonly keys: readonly ProposalKey[]
  /**
   * Also loads some proposals that closed before this chain time (Unix seconds), oldest first, because they are due to
   * be forgotten.
   */
  readonly before: bigint
  /**
   * How many more proposals are tracked than allowed; 0 or less if there is room. Also loads that many, oldest first.
   */
  readonly surplus: number
}

export type { NotificationRoute } from '../domain/notifications/routing.js'

/** A silence that has ended, and the number of notifications of one chain that it held back, by event. */
export interface EndedSilence {
  readonly silence: Silence
  readonly events: Readonly<Record<string, number>>
}

/**
 * Durable state. All methods except `commit` are synchronous; each write is a single transaction. Throws `StoreError`.
 */
export interface Store extends DeliveryStore, JournalStore, PlanStore {
  /** The damaged state file that this one replaces; undefined if there is none or it was announced. */
  rebuilt(): RebuiltState | undefined
  /** Call this once the damage was announced. */
  forgetRebuilt(): void
  /** Returns the state of a chain after the last commit. */
  load(chain: string): ChainState | undefined
  /**
   * Like `load`, but without settled proposals, which stay in the archive for `recall`. The state is complete if the
   * first sync has not caught up. Archived proposals may be missing in the state of a commit; they are not deleted.
   */
  resume(chain: string): ChainState | undefined
  /** Returns the requested archived proposals and the ids of the notifications about them. */
  recall(chain: string, wanted: RecallRequest): RecalledProposals
  /** Returns the state of a chain without its proposals, at low cost regardless of their number. */
  outline(chain: string): ChainOutline | undefined
  /**
   * Selects the tracked proposals that meet every condition, chain by chain: the given chains in their order, or all by
   * name. `after` refers to the requested order.
   */
  find(
    filter?: ProposalFilter,
    scope?: { readonly chains?: readonly string[]; readonly order?: ProposalOrder },
  ): ProposalSelection
  /** Returns one tracked proposal. */
  proposal(key: ProposalKey): Proposal | undefined
  /**
   * Selects the tracked proposals that a person names with `given`, newest first: those whose id, `chain/ID` or key
   * equals it; if there are none, those with a long one that starts with it.
   */
  findByPrefix(given: string, chains?: readonly string[]): ProposalSelection
  /**
   * Returns the ids directly before and after an id among all tracked ids, which shows how short it can be abbreviated.
   * Undefined if no tracked proposal has the id.
   */
  adjacentIds(id: string): readonly string[] | undefined
  /** Counts only the open proposals of a chain, as in {@link TrackedCounts}. */
  openCount(chain: string): number
  /** Counts the tracked proposals of one chain or of all. */
  counts(chain?: string): TrackedCounts
  /**
   * Writes a whole turn or nothing: changed proposals and upgrades, the cursor, the inbox, one outbox row for each
   * interested handler, the audit trail and the journal if one is kept; it also deletes what is forgotten. A
   * notification whose id exists already is ignored. A silenced notification is only added to the inbox, with a mark.
   *
   * A turn without news, such as a new head, may be kept back for a second while this store holds the right to write.
   * It becomes durable with the next write or `beat`; a crash before that only means that a little is read again. Any
   * other turn is durable at once if the call returns undefined, otherwise when the returned stream completes; `load`
   * returns it from then on. The stream is subscribed once, and an error in it counts as a thrown one: after a
   * transient `StoreError` the whole commit is repeated. The next turn of a chain comes only after that; turns of
   * several chains may overlap.
   */
  commit(turn: Turn, route: NotificationRoute): ObservableInput<void> | undefined

  /** Returns the newest votes seen on a proposal, a thousand or at most `limit`, in chain order. */
  votes(proposal: ProposalRef, limit?: number): readonly Vote[]
  /** Returns the accounts that cast the newest thousand votes on a proposal, each once, in no particular order. */
  voters(proposal: ProposalRef): readonly string[]
  /** Returns the newest hundred status changes of a proposal, in order. */
  moves(proposal: ProposalRef): readonly StatusMove[]

  /** Returns the inbox, newest first; with `before`, only notifications older than the one with that id. */
  notifications(filter: {
    readonly unread?: boolean
    readonly limit?: number
    readonly before?: string
  }): readonly Notification[]
  /** Returns the ids of all notifications in the inbox, oldest first. */
  notificationIds(): readonly string[]
  /** Marks one notification, or `all`, as read. Returns how many were marked. */
  markRead(id: string): number
  /** Counts of inbox and outbox. */
  stats(): NotificationStats
  /** Deletes notifications beyond the bounds, except undelivered ones. Unix ms. */
  prune(bounds: { readonly maxNotifications: number; readonly before: number }): void

  /** Returns the silences that have not ended at `now` (Unix ms), oldest first. */
  silences(now: number): readonly Silence[]
  /** Adds a silence that starts at `at` (Unix ms). */
  addSilence(silence: Omit<Silence, 'id' | 'held'>, at: number): Silence
  /** Ends a silence at `now` (Unix ms) on behalf of `by` and returns it; undefined if the id does not exist. */
  endSilence(id: string, now: number, by?: string): Silence | undefined
  /**
   * Returns silences that have ended at `now` (Unix ms) and held back notifications of the chain that were not
   * announced yet. A committed `silence_ended` announces them.
   */
  endedSilences(chain: string, now: number): readonly EndedSilence[]

  /** Appends to the audit trail; the newest 1,000,000 entries are kept. */
  record(entry: Omit<AuditEntry, 'seq'>): void
  /**
   * Returns the audit trail, newest first. `before` selects entries with a lower number; `naming` selects entries that
   * contain this text.
   */
  audit(filter: {
    readonly chain?: string
    readonly limit?: number
    readonly before?: number
    readonly naming?: string
  }): readonly AuditEntry[]

  /** Returns the names of all chains with a state, in order. */
  chains(): readonly string[]
  /** Takes the right to write. Returns the other holder if there is one that is alive. */
  claim(now: number): { readonly pid: number } | undefined
  /**
   * Returns the process that holds the right to write if it is alive, otherwise undefined. `lockedSince` (Unix
   * milliseconds) is set if it is alive but has not been able to write for a while, because another process keeps the
   * state locked or its disk is full.
   */
  holder(now: number): { readonly pid: number; readonly lockedSince?: number } | undefined
  /**
   * Signals that this process is alive, and makes kept-back turns durable. Call it at least every 2 s while holding the
   * claim. Also throws if the file was deleted or replaced, because later writes would be lost.
   */
  beat(now: number): void
  /** Gives up the right to write. */
  release(): void
  /**
   * Called before a poll that somebody asked for: what another process wrote before must count in it. Without a call,
   * plans, outages and held-back events are seen after a second at the latest. @defaultValue nothing is remembered
   */
  outdate?(): void
  /** Asks the process that holds the claim for a sync; the result identifies the request. */
  requestSync(now: number): number
  /** Returns requests that are not served yet. */
  pendingSyncs(): readonly number[]
  /** Answers a request; `problem` says why the sync failed. */
  finishSync(request: number, problem?: string): void
  /** Returns the answer to a request; undefined while it is pending. */
  syncResult(request: number): { readonly ok: true } | { readonly ok: false; readonly problem: string } | undefined
  /** Writes kept-back turns and closes the file. */
  close(): void
}

/** The store of this package. Every call is complete when it returns. */
export interface EmbeddedStore extends Store {
  /**
   * Returns another number after another process has committed something; the call is cheap. What is read after that
   * call includes it.
   */
  version(): number
  commit(turn: Turn, route: NotificationRoute): undefined
}
