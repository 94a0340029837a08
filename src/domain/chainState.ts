import type { BlockTime } from './blocks/blockTime.js'
import type { ChainClock } from './blocks/chainClock.js'
import type { Change } from './proposals/change.js'
import type { Head } from './blocks/head.js'
import type { Health } from './health.js'
import type { Json } from './text/json.js'
import type { VoteReminder } from './notifications/voteReminder.js'
import type { Notification } from './notifications/notification.js'
import type { ProposalCounts } from './proposals/counts.js'
import type { Proposal, ProposalKey } from './proposals/proposal.js'
import type { ReadFailure } from './reading.js'
import type { FilePlace } from './upgrades/filePlace.js'
import type { PlanOnFile, Upgrade } from './upgrades/upgrade.js'
import type { UpgradeMove } from './upgrades/upgradeMove.js'
import type { WriteOutcome } from './upgrades/writeOutcome.js'

/** Everything the monitor knows about one chain. The store keeps it and returns it after a restart. */
export interface ChainState {
  readonly chain: string
  /** False until the first sync has caught up with the chain. Nothing is announced before that. */
  readonly synced: boolean
  /** Where the next reading starts; opaque to everything but the reader. */
  readonly cursor?: Json
  /** Where the history is read on at other nodes, if several must agree; opaque to everything but their comparison. */
  readonly secondHistory?: Json
  readonly head?: Head
  /** The chain's own time, by which deadlines are measured. */
  readonly clock?: ChainClock
  /** Host clock, Unix milliseconds, of the last good reading. */
  readonly lastGoodAt?: number
  /**
   * The head of the last reading that had caught up with the chain, and the time of that reading (host clock, Unix
   * milliseconds). Nothing up to that head was missed.
   */
  readonly caughtUpAt?: { readonly head: bigint; readonly time: number }
  /** The block up to which proposals were read. */
  readonly proposalsReadTo?: bigint
  /** The version that the node last reported. */
  readonly nodeVersion?: string
  /** The last vote that was turned into a change. A repeated reading therefore emits no vote twice. */
  readonly lastVote?: { readonly block: bigint; readonly index: number }
  /**
   * Proposals that can still change, and those that closed recently. Bounded: completed proposals are dropped by age
   * and by count; if there is an archive, older closed ones are moved there.
   */
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  /** Counts of the archived proposals; absent if none were archived. */
  readonly archive?: ProposalCounts
  /** Bounded: finished upgrades are dropped by age. */
  readonly upgrades: ReadonlyMap<ProposalKey, Upgrade>
  /** The plan that was written last, until its file is removed. */
  readonly file?: PlanOnFile
  /**
   * Where the upgrade file was configured to be at the last caught-up reading. Notifications about the file apply to
   * this place.
   */
  readonly filePlace?: FilePlace
  /** Ids of the notifications already announced, by subject. They are dropped or archived with their subject. */
  readonly announcedIds: ReadonlyMap<string, ReadonlySet<string>>
  readonly blockTime: BlockTime
  readonly health: Health
}

/**
 * One notification, and the subject under which its id is remembered so that it is announced only once. Without a
 * subject the id is not remembered, because the same fact cannot occur twice.
 */
export interface Announcement {
  readonly subject?: string
  readonly notification: Notification
}

/** Keys whose values differ between a state and the one before it. A key that is missing from the state was removed. */
export interface TouchedKeys {
  readonly proposals: readonly ProposalKey[]
  readonly upgrades: readonly ProposalKey[]
  /**
   * Upgrades in which only the observations of their node changed, which happens with each new block after the height.
   * They are stored with the next write and reported to nobody.
   */
  readonly sightings: readonly ProposalKey[]
  /** Subjects of notifications. */
  readonly announcedIds: readonly string[]
}

/** Everything that one event led to. It is committed as a whole before any of it is acted on. */
export interface Turn {
  /**
   * What caused the turn: a restart after a damaged state, a good reading, a failed one, the writer's answer to a due
   * upgrade, or an unrequested report of the writer.
   */
  readonly cause: 'start' | 'reading' | 'failure' | 'write' | 'news'
  readonly state: ChainState
  /** The parts of the state that must be written; the rest is unchanged. */
  readonly touched: TouchedKeys
  readonly changes: readonly Change[]
  /** The newest block that survived, if the chain was reorganised. */
  readonly rewoundTo?: bigint
  readonly moves: readonly UpgradeMove[]
  readonly announcements: readonly Announcement[]
  /** Reminders that are due about votes in progress. @defaultValue none */
  readonly reminders?: readonly VoteReminder[]
  /** Upgrades whose file must be written now. */
  readonly due: readonly Upgrade[]
  /** The plan whose file must be removed now, before anything is written. */
  readonly stale?: PlanOnFile
  /** The writer's answer, if the turn is about one. */
  readonly answer?: WriteOutcome
  /** The plan of a completed upgrade whose file must be moved aside now. */
  readonly finished?: PlanOnFile
  /** Proposals and upgrades dropped by age or count. */
  readonly forgotten: readonly ProposalKey[]
  /** Host clock, Unix milliseconds, of the event. */
  readonly time: number
  /** Host clock, Unix milliseconds, when the read that the turn is about began. */
  readonly begunAt?: number
  /** Host and port of the endpoint that reported what the turn is about, if known. */
  readonly host?: string
  /** Why the reading failed, if it did. */
  readonly failure?: ReadFailure
  /** Oddities of the reading, for the log. */
  readonly warnings: readonly string[]
}
