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
  /** Grows by one with each entry. */
  readonly seq: number
  /** Host clock, Unix milliseconds. */
  readonly at: number
  readonly chain: string
  /** Such as `change`, `upgrade`, `write`, `notification`, `delivery`. */
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

/** The status of a proposal from one block on. */
export interface StatusMove {
  readonly status: ProposalStatus
  readonly derived: boolean
  readonly block: bigint
  /** Chain time, Unix seconds. */
  readonly time: bigint
}

/**
 * Proposals that were selected at one moment; each is read when the iteration reaches it, so iterate before `close`.
 */
export interface ProposalSelection extends Iterable<Proposal> {
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
export interface RecallRequest {
  readonly keys: readonly ProposalKey[]
  /** Also some that closed before this time (Unix seconds of the chain), the oldest first: they are to be forgotten. */
  readonly before: bigint
  /** How many more are tracked than may be; 0 or less where there is room. Also that many, the oldest first. */
  readonly surplus: number
}

export type { NotificationRoute } from '../domain/notifications/routing.js'

/** A silence that is over, and how many notifications of one chain it held back, by event. */
export interface EndedSilence {
  readonly silence: Silence
  readonly events: Readonly<Record<string, number>>
}

/**
 * Durable state. All methods but `commit` are synchronous; each writing one is a single transaction. Throws
 * `StoreError`.
 */
export interface Store extends DeliveryStore, JournalStore, PlanStore {
  /** The damaged state file that this one replaces; undefined where there is none, or once it was announced. */
  rebuilt(): RebuiltState | undefined
  /** To be called once the damage was announced. */
  forgetRebuilt(): void
  /** The state of a chain as the last commit left it. */
  load(chain: string): ChainState | undefined
  /**
   * As `load`, without what is settled: it stays in the archive, out of which `recall` gives it. Whole where the first
   * sync has not caught up. The state of a commit may lack what was archived, too: nothing is
   * deleted for that.
   */
  resume(chain: string): ChainState | undefined
  /** The archived proposals that are asked for, and the ids of the notifications given about them. */
  recall(chain: string, wanted: RecallRequest): RecalledProposals
  /** What is known of a chain without its proposals: little work, however many they are. */
  outline(chain: string): ChainOutline | undefined
  /**
   * The tracked proposals that fit every given condition, chain by chain: of these chains in their order, or of all by
   * name. `after` follows the order that is asked for.
   */
  find(
    filter?: ProposalFilter,
    scope?: { readonly chains?: readonly string[]; readonly order?: ProposalOrder },
  ): ProposalSelection
  /** One tracked proposal. */
  proposal(key: ProposalKey): Proposal | undefined
  /**
   * The tracked proposals that a person names by `given`, newest first: those whose id, `chain/ID` or key it is; where
   * there is none, those of which one of these is long and starts with it.
   */
  findByPrefix(given: string, chains?: readonly string[]): ProposalSelection
  /**
   * The ids right below and above an id in the order of all tracked ids: with them one knows how short it can be cut.
   * Undefined where no tracked proposal has it.
   */
  adjacentIds(id: string): readonly string[] | undefined
  /** How many proposals of a chain are open, as {@link TrackedCounts} has it: no other is counted. */
  openCount(chain: string): number
  /** How many proposals are tracked, of one chain or of all. */
  counts(chain?: string): TrackedCounts
  /**
   * Writes all of a turn or nothing: changed proposals and upgrades, the cursor, the inbox, one outbox row per
   * interested handler, the audit trail, the journal where one is kept, and deletes what is forgotten. A notification
   * id that is already there is left alone and not queued again. One that a silence holds back is in the inbox alone,
   * marked.
   *
   * A turn that tells nothing new, such as a head, may be kept back for a second while the right to write is held: at
   * the next write or `beat` it becomes durable with all others that wait, and a crash before that costs no more than
   * reading a little again. Any other turn is durable at once where it answers nothing; else when what it answers
   * completes, and `load` tells it by then. It is subscribed to once, and an error in it counts as one thrown: a
   * transient `StoreError` has the whole commit tried again. The next turn of a chain comes only after that; turns of
   * several chains may be under way together.
   */
  commit(turn: Turn, route: NotificationRoute): ObservableInput<void> | undefined

  /** Votes on a proposal that were seen cast, in chain order: the newest thousand. */
  votes(proposal: ProposalRef): readonly Vote[]
  /** How the status of a proposal moved since it was first seen, in order: the newest hundred moves. */
  moves(proposal: ProposalRef): readonly StatusMove[]

  /** The inbox, newest first; with `before`, those that came before the one of that id. */
  notifications(filter: {
    readonly unread?: boolean
    readonly limit?: number
    readonly before?: string
  }): readonly Notification[]
  /** The ids of all notifications in the inbox, oldest first. */
  notificationIds(): readonly string[]
  /** Marks one notification, or `all`, as read. Returns how many were marked. */
  markRead(id: string): number
  /** Counts of inbox and outbox. */
  stats(): NotificationStats
  /** Drops notifications beyond the bounds; undelivered ones are kept. Unix ms. */
  prune(bounds: { readonly maxNotifications: number; readonly before: number }): void

  /** The silences that are not over at `now` (Unix ms), oldest first. */
  silences(now: number): readonly Silence[]
  /** Adds a silence from `at` on (Unix ms): what happens from then on is held back. */
  addSilence(silence: Omit<Silence, 'id' | 'held'>, at: number): Silence
  /** Ends a silence at `now` (Unix ms), for `by`, and gives it as it was; undefined where there is none of that id. */
  endSilence(id: string, now: number, by?: string): Silence | undefined
  /**
   * Silences that are over at `now` (Unix ms) and held back notifications of the chain that people were not told of
   * yet. A committed `silence_ended` tells them.
   */
  endedSilences(chain: string, now: number): readonly EndedSilence[]

  /** Appends to the audit trail; the newest 1,000,000 entries are kept. */
  record(entry: Omit<AuditEntry, 'seq'>): void
  /**
   * The audit trail, newest first; with `before`, those that came before the one of that number; with `naming`, those
   * that hold this text.
   */
  audit(filter: {
    readonly chain?: string
    readonly limit?: number
    readonly before?: number
    readonly naming?: string
  }): readonly AuditEntry[]

  /** All chains with a state, by name. */
  chains(): readonly string[]
  /** Takes the right to write; the answer is the other holder where there is one that lives. */
  claim(now: number): { readonly pid: number } | undefined
  /**
   * Who holds the right to write and lives; undefined where nobody does. `lockedSince` (Unix milliseconds) is there
   * where it has lived for a while without being able to write: another process keeps the state locked.
   */
  holder(now: number): { readonly pid: number; readonly lockedSince?: number } | undefined
  /**
   * Says that this process is still there, and makes durable what was kept back; call at least every 2 s while it holds
   * the claim. Throws also where the file was deleted or replaced: what is written from then on would be lost.
   */
  beat(now: number): void
  /** Gives up the right to write. */
  release(): void
  /** Asks the process that holds the claim for a sync; the answer identifies the request. */
  requestSync(now: number): number
  /** Requests nobody has served yet. */
  pendingSyncs(): readonly number[]
  /** Answers a request; `problem` says why the sync failed. */
  finishSync(request: number, problem?: string): void
  /** How a request was answered; undefined while it is pending. */
  syncResult(request: number): { readonly ok: true } | { readonly ok: false; readonly problem: string } | undefined
  /** Writes what was kept back and closes the file. */
  close(): void
}

/** The store of this package: what it is asked for is done when the call returns. */
export interface EmbeddedStore extends Store {
  /** Another number once another process has committed something, and the same until then: no work to ask for. */
  version(): number
  commit(turn: Turn, route: NotificationRoute): undefined
}
