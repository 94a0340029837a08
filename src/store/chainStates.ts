import type { ChainState, Turn } from '../domain/chainState.js'
import { defined } from '../domain/defined.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { RoutingMoment } from '../domain/notifications/routing.js'
import { keyOf } from '../domain/proposals/proposal.js'
import { canonical } from '../domain/text/json.js'
import { willBeRetried } from '../domain/upgrades/writeOutcome.js'
import { type JournalEvent, journalOf } from '../domain/journal/journalEvent.js'
import { changeDetail, moveDetail, announcementDetail } from './auditDetails.js'
import type { EmbeddedStore, NotificationRoute, Store } from './Store.js'
import type { Sql } from './sql.js'
import { addNotification } from './sql/addNotification.js'
import { chainNames, type Committed, loadChain } from './sql/loadChain.js'
import { recallFrom, loadUnsettled } from './sql/loadUnsettled.js'
import { writeChain } from './sql/writeChain.js'
import { dropReleases, lastRelease } from './held.js'
import { hasPostOrPending } from './posted.js'
import { isUnwritable } from './isUnwritable.js'
import { activeSilences } from './silences.js'
import { writeTrail } from './sql/writeTrail.js'
import { dropPlans } from './addedPlans.js'

/** What the other parts of the store need from the states. */
interface ChainStates extends Pick<EmbeddedStore, 'load' | 'resume' | 'recall' | 'commit' | 'chains'> {
  /** Writes the waiting turns together with what `work` writes, all or nothing. */
  readonly flushing: <T>(work: () => T) => T
  /**
   * Reads after the waiting turn of this chain, if any, was written. While the state cannot be written the turn
   * stays waiting, and the content of the file is read.
   */
  readonly flushed: <T>(chain: string, read: () => T) => T
  /**
   * Throws once if a turn could not be written since the last call. A disk may have room for a beat only.
   */
  readonly requireWritten: () => void
}

interface StatesPorts {
  /** Throws if another process holds the right to write now. */
  readonly requireKept: () => void
  readonly isTended: () => boolean
  /** Appends to the journal. The caller holds the transaction. */
  readonly journalise: (events: readonly JournalEvent[]) => void
}

/**
 * The states of the chains, and everything a turn adds to them. While `isTended`, a write happens every second anyway,
 * so a turn without news waits for it or for any earlier write.
 */
export function chainStates(
  sql: Sql,
  trail: Pick<Store, 'record'>,
  { requireKept, isTended, journalise }: StatesPorts,
): ChainStates {
  const { committed, waiting, flushing } = createFlush(sql, requireKept)
  // What the last turn that was not quiet asked of the writer, with one entry for each chain.
  const asked = new Map<string, string>()

  const { noting, requireWritten } = noteRefusals()

  const commit = (turn: Turn, route: NotificationRoute): undefined => {
    const { chain } = turn.state
    if (isTended() && isQuiet(turn, committed.get(chain)?.state, asked.get(chain))) {
      waiting.set(chain, following(waiting.get(chain), turn))
      return undefined
    }
    flushing((written) => {
      requireKept()
      journalise(journalOf(turn, recordTurn(sql, trail, turn, route)))
      const before = written.get(chain) ?? committed.get(chain)
      written.set(chain, writeChain(sql, turn, before))
      writeTrail(sql, turn)
      dropPlans(sql, chain, turn.forgotten)
    })
    if (turn.cause === 'reading') asked.set(chain, askedIn(turn))
    return undefined
  }

  const reading = (read: typeof loadChain) => (chain: string) => {
    if (waiting.has(chain)) flushing(() => undefined)
    const found = sql.snapshot(() => read(sql, chain))
    if (found === undefined) committed.delete(chain)
    else committed.set(chain, found)
    return found?.state
  }

  return {
    load: reading(loadChain),
    resume: reading(loadUnsettled),
    recall: (chain, wanted) => sql.snapshot(() => recallFrom(sql, chain, wanted)),
    commit: (turn, route) => noting(() => commit(turn, route)),
    chains: () => chainNames(sql),
    requireWritten,
    flushing: (work) => (waiting.size === 0 ? work() : flushing(() => work())),
    flushed: (chain, read) => {
      try {
        if (waiting.has(chain)) flushing(() => undefined)
      } catch (cause) {
        if (!isUnwritable(cause)) throw cause
      }
      return read()
    },
  }
}

/** Remembers the last turn that could not be written for now. */
function noteRefusals(): Pick<ChainStates, 'requireWritten'> & { readonly noting: <T>(work: () => T) => T } {
  let refused: Error | undefined
  return {
    noting: (work) => {
      try {
        return work()
      } catch (cause) {
        if (cause instanceof Error && isUnwritable(cause)) refused = cause
        throw cause
      }
    },
    requireWritten: () => {
      const cause = refused
      refused = undefined
      if (cause !== undefined) throw cause
    },
  }
}

/**
 * What the file holds, and what the next write adds. One entry for each chain, so the configuration limits the size.
 */
interface Flush {
  readonly committed: Map<string, Committed>
  /** Turns without news. */
  readonly waiting: Map<string, Turn>
  /** Writes the waiting turns together with what `work` writes, all or nothing. `work` adds the chains it wrote. */
  readonly flushing: <T>(work: (written: Map<string, Committed>) => T) => T
}

function createFlush(sql: Sql, requireKept: StatesPorts['requireKept']): Flush {
  const committed = new Map<string, Committed>()
  const waiting = new Map<string, Turn>()
  return {
    committed,
    waiting,
    flushing: (work) => {
      const written = new Map<string, Committed>()
      const result = sql.transaction(() => {
        if (waiting.size > 0) requireKept()
        for (const [chain, turn] of waiting) written.set(chain, writeChain(sql, turn, committed.get(chain)))
        return work(written)
      })
      // The maps are updated only after the commit. From here on memory may drop what is settled.
      for (const [chain, next] of written) committed.set(chain, next)
      waiting.clear()
      return result
    },
  }
}

/** Combines a waiting turn with the sightings of the turn that waited before it. */
function following(before: Turn | undefined, turn: Turn): Turn {
  if (before === undefined || before.touched.sightings.length === 0) return turn
  const sightings = [...new Set([...before.touched.sightings, ...turn.touched.sightings])]
  return { ...turn, touched: { ...turn.touched, sightings } }
}

/**
 * True if nobody was told of a turn and reading again would produce it again, so that losing it costs little. A file
 * that cannot be written is requested and tried again with each poll; neither is news.
 */
function isQuiet(turn: Turn, before: ChainState | undefined, asked: string | undefined): boolean {
  const { state, touched, changes, moves, announcements, forgotten, answer, rewoundTo } = turn
  const parts = [changes, moves, announcements, forgotten, touched.proposals, touched.upgrades, touched.announcedIds]
  const asks = askedIn(turn)
  return (
    parts.every(({ length }) => length === 0) &&
    rewoundTo === undefined &&
    (asks === '' || asks === asked) &&
    (answer === undefined || willBeRetried(answer)) &&
    // If these were lost, the next turn would be compared with the wrong state, or news would be announced late.
    before?.synced === state.synced &&
    before.health.state === state.health.state &&
    (before.file === state.file || canonical({ ...before.file }) === canonical({ ...state.file }))
  )
}

/** What a turn asks of the writer, as one text; empty if it asks nothing. */
function askedIn({ due, stale, finished }: Turn): string {
  if (due.length === 0 && stale === undefined && finished === undefined) return ''
  const plans = due.map(({ key, name, height, revision }) => ({ key, name, revision, ...defined({ height }) }))
  return canonical({ due: plans, ...defined({ stale, finished }) })
}

/**
 * Adds the events of a turn to the audit trail and its notifications to the inbox and the outbox. Returns the
 * notifications that are new in the inbox.
 */
function recordTurn(
  sql: Sql,
  trail: Pick<Store, 'record'>,
  turn: Turn,
  route: NotificationRoute,
): readonly Notification[] {
  const { chain } = turn.state
  const { host, time: at } = turn
  for (const change of turn.changes) {
    const tally = change.type === 'voteCast' ? turn.state.proposals.get(keyOf(change.vote))?.tally : undefined
    trail.record({ at, chain, kind: 'change', detail: { ...changeDetail(change, tally), ...defined({ host }) } })
  }
  for (const move of turn.moves)
    trail.record({ at, chain, kind: 'upgrade', detail: { ...moveDetail(move), ...defined({ host }) } })
  if (turn.announcements.length === 0) return []
  const { head, blockTime } = turn.state
  dropReleases(sql, at)
  const moment: RoutingMoment = {
    at,
    silences: activeSilences(sql, at),
    pace: { blockTime, ...defined({ head }) },
    lastRelease: (handler, group) => lastRelease(sql, handler, group),
    hasTold: (handler, subject) => hasPostOrPending(sql, handler, subject),
  }
  return turn.announcements.flatMap((announcement) => {
    const added = addNotification(sql, announcement.notification, route, moment)
    if (added === undefined) return []
    trail.record({ at, chain, kind: 'notification', detail: announcementDetail(announcement) })
    return [added]
  })
}
