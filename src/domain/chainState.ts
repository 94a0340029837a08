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

/** Everything the monitor knows of one chain. It is what the store keeps and gives back after a restart. */
export interface ChainState {
  readonly chain: string
  /** False until the first sync has caught up with the chain: until then nothing is announced. */
  readonly synced: boolean
  /** Where the next reading starts; opaque to all but the reader. */
  readonly cursor?: Json
  readonly head?: Head
  /** The time of the chain that deadlines are counted by. */
  readonly clock?: ChainClock
  /** Host clock, Unix milliseconds, of the last good reading. */
  readonly lastGoodAt?: number
  /**
   * The head of the last reading that had caught up with the chain, and its time (host clock, Unix milliseconds): up to
   * there nothing was overlooked.
   */
  readonly caughtUpAt?: { readonly head: bigint; readonly time: number }
  /** The block up to which proposals were read. */
  readonly proposalsReadTo?: bigint
  /** The version that the node reported last. */
  readonly nodeVersion?: string
  /** The last vote that became a change: a repeated reading gives no vote twice. */
  readonly lastVote?: { readonly block: bigint; readonly index: number }
  /**
   * What can still change, and what closed lately. Bounded: completed proposals are dropped by age and by count, and
   * where there is an archive the others lie in it.
   */
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  /** How many proposals lie in the archive; absent where there is none. */
  readonly archive?: ProposalCounts
  /** Bounded: finished upgrades are dropped by age. */
  readonly upgrades: ReadonlyMap<ProposalKey, Upgrade>
  /** The plan that was written last, until it is taken back. */
  readonly file?: PlanOnFile
  /** Where the file was to be at the last caught-up reading: what is told of it holds for this place. */
  readonly filePlace?: FilePlace
  /** Ids of the notifications given, by the subject they are about; dropped and archived with their subject. */
  readonly announcedIds: ReadonlyMap<string, ReadonlySet<string>>
  readonly blockTime: BlockTime
  readonly health: Health
}

/**
 * One notification, and the subject under which its id is remembered, so that it is given once. Without a subject it is
 * not remembered: its fact cannot be met twice.
 */
export interface Announcement {
  readonly subject?: string
  readonly notification: Notification
}

/** Keys whose values differ between a state and the one before it. A key that the state lacks was removed. */
export interface TouchedKeys {
  readonly proposals: readonly ProposalKey[]
  readonly upgrades: readonly ProposalKey[]
  /**
   * Upgrades of which only what was seen of their node is different, as it is with each new block after the height:
   * kept with what is written next, and told to nobody.
   */
  readonly sightings: readonly ProposalKey[]
  /** Subjects of notifications. */
  readonly announcedIds: readonly string[]
}

/** All that one event led to, committed as a whole before any of it is acted on. */
export interface Turn {
  /**
   * What the turn is about: a restart after a damaged state, a good reading, a failed one, an answer of the writer to a
   * due upgrade, or a report of the writer that nothing asked for.
   */
  readonly cause: 'start' | 'reading' | 'failure' | 'write' | 'news'
  readonly state: ChainState
  /** What of the state is to be written; all else is as it was. */
  readonly touched: TouchedKeys
  readonly changes: readonly Change[]
  /** The newest block that survived, where the chain was reorganised. */
  readonly rewoundTo?: bigint
  readonly moves: readonly UpgradeMove[]
  readonly announcements: readonly Announcement[]
  /** What is due to be said of votes that go on. @defaultValue nothing */
  readonly reminders?: readonly VoteReminder[]
  /** Upgrades whose file is to be written now. */
  readonly due: readonly Upgrade[]
  /** The plan whose file is to be taken back now, before anything is written. */
  readonly stale?: PlanOnFile
  /** What the writer answered, where that is what the turn is about. */
  readonly answer?: WriteOutcome
  /** The plan of a completed upgrade whose file is to be moved aside now. */
  readonly finished?: PlanOnFile
  /** Proposals and upgrades dropped by age or count. */
  readonly forgotten: readonly ProposalKey[]
  /** Host clock, Unix milliseconds, of the event. */
  readonly time: number
  /** Host clock, Unix milliseconds, when the read began that the turn is about. */
  readonly begunAt?: number
  /** Host and port of the endpoint that told what the turn is about, where that is known. */
  readonly host?: string
  /** Why the reading failed, where it did. */
  readonly failure?: ReadFailure
  /** Oddities of the reading, for the log. */
  readonly warnings: readonly string[]
}
