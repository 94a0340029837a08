import { randomUUID } from 'node:crypto'
import * as z from 'zod/mini'
import { StoreError } from '../domain/errors.js'
import { keyOf } from '../domain/proposals/proposal.js'
import type { EmbeddedStore } from './Store.js'
import { auditTrail } from './auditTrail.js'
import { chainStates } from './chainStates.js'
import { claim } from './claim.js'
import { failedDeliveries } from './failedDeliveries.js'
import type { Migration } from './file/migrate.js'
import { inbox } from './inbox.js'
import { journal } from './journal.js'
import { isAliveHere } from './file/isAliveHere.js'
import { openChecked } from './file/openChecked.js'
import { readMark } from './file/openMark.js'
import { thisHost } from './file/thisHost.js'
import { outages } from './outages.js'
import { outbox } from './outbox.js'
import { proposals } from './proposals.js'
import { rebuilds } from './rebuilds.js'
import { addedPlans } from './addedPlans.js'
import { silences } from './silences.js'
import { movesOf, votersOn, votesOn } from './sql/readTrail.js'
import type { Presence } from './file/presence.js'
import type { Sql } from './sql.js'
import { syncRequests } from './syncRequests.js'

/** Which state file to open, and how. */
export interface StoreOptions {
  /** The state file, or `:memory:`, which is lost when the store is closed. */
  readonly path: string
  /** For read-only commands: nothing is created or changed. @defaultValue `false` */
  readonly readOnly?: boolean
  /** Process id that claims the right to write. @defaultValue that of this process */
  readonly pid?: number
  /** @defaultValue the name of this host */
  readonly host?: string
  /** Returns whether a process of this host is alive. @defaultValue asks the operating system */
  readonly isAlive?: (pid: number) => boolean
  /** Host clock in Unix milliseconds. @defaultValue the system clock */
  readonly now?: () => number
  /**
   * How long a call waits, and blocks the process, while another process keeps the file locked. @defaultValue 5,000 ms
   */
  readonly waitMs?: number
  /**
   * Number of newest events that the journal keeps for HTTP clients that resume. Without it, an existing journal ends.
   * @defaultValue no journal
   */
  readonly journal?: number
  /** A process that is known to have ended although its last beat is recent. */
  readonly ended?: { readonly pid: number; readonly host: string } | undefined
  /**
   * Called before an older file is migrated to this version, which blocks the process; a large file takes minutes.
   * @defaultValue does nothing
   */
  readonly onMigrate?: (migration: Migration) => void
}

/**
 * Opens the durable state, an SQLite file that several processes may have open at once.
 *
 * - `commit` is one transaction, on disk when it returns. The exception is a turn without news while the right to write
 *   is held: it waits for the next `beat` or an earlier write, together with those of all chains. `commit` writes what
 *   the turn has touched; rows whose key is no longer in the state are deleted. A turn that changes only the health is
 *   written at most every 5 s.
 * - A reader in another process sees only complete commits and never waits. A writer waits for `waitMs` and then throws
 *   a transient `StoreError`.
 * - `delivered`, `postpone` and `bury` each count one attempt; they do nothing for an item that is not pending.
 * - `notifications` and `audit` return the newest first, `deadLetters` the oldest.
 * - A file whose last writer crashed or found damage is first checked completely in another process. A damaged file is
 *   moved aside and replaced, and `rebuilt` reports it. A file that was closed in order is trusted: only the first and
 *   last rows are read at the start, and each row is checked when it is read.
 * - The size is bounded: the audit trail keeps the newest million entries, sync requests the last 100. For each
 *   proposal the newest 1,000 votes and 100 moves are kept while it is tracked. `prune` bounds the inbox, `journal` the
 *   journal.
 *
 * @throws StoreError if the file cannot be used, here and from every method.
 *
 * @example
 * const store = openStore({ path: './govstream.db' })
 * const state = store.load('local') ?? newChain('local', Date.now())
 */
export function openStore({
  path,
  readOnly = false,
  pid = process.pid,
  host = thisHost(),
  ended,
  isAlive = isAliveHere,
  now = Date.now,
  waitMs = 5_000,
  journal: journalBound,
  onMigrate,
}: StoreOptions): EmbeddedStore {
  const who = { pid, host, isAlive, ended }
  const owner = { token: randomUUID(), pid, host }
  const claimOn = (file: Sql): ReturnType<typeof claim> => claim(file, { ...who, mark: () => readMark(path) })
  const holderOf = (file: Sql): number | undefined => claimOn(file).holder(now())?.pid
  const { sql, presence, rebuilt } = openChecked({ path, readOnly, owner, isAlive, ended, now, onMigrate, holderOf })
  sql.exec(`PRAGMA busy_timeout = ${waitMs}`)
  const { noteRebuilt, ...damage } = rebuilds(sql)
  if (rebuilt !== undefined) noteRebuilt(rebuilt)
  const trail = auditTrail(sql)
  const { requireKept, isHeld, isKept, ...right } = claimOn(sql)
  const { begin, append, ...entries } = journal(sql, journalBound)
  if (!readOnly) begin()
  const { flushing, flushed, requireWritten, ...states } = chainStates(sql, trail, {
    requireKept,
    isTended: isHeld,
    journalise: append,
  })
  const tracked = proposals(sql)
  const requests = syncRequests(sql)
  const release = (): void => {
    // A store that lost the right to write must not write the waiting turns.
    if (isHeld() && isKept()) flushing(() => right.release())
    else right.release()
  }
  return {
    ...states,
    ...tracked,
    outline: (chain) => flushed(chain, () => tracked.outline(chain)),
    votes: (proposal, limit) => votesOn(sql, proposal, limit),
    voters: (proposal) => votersOn(sql, proposal),
    moves: (proposal) => movesOf(sql, proposal.chain, keyOf(proposal)),
    ...entries,
    ...inbox(sql),
    ...outbox(sql),
    ...failedDeliveries(sql),
    ...outages(sql, now),
    ...silences(sql, trail, now),
    ...addedPlans(sql, trail, now),
    ...trail,
    ...right,
    ...withMark(right, presence, { flushing, requireWritten }),
    release,
    ...requests,
    // Waiting turns are written first, because the requester reads the result of the sync from the file.
    finishSync: (request, problem) => flushing(() => requests.finishSync(request, problem)),
    ...damage,
    ...others(sql),
    close: closing(sql, presence, release, readOnly),
  }
}

const versionRow = z.object({ data_version: z.number() })

/** How this process sees what others write. */
function others(sql: Sql): Pick<EmbeddedStore, 'version'> & Required<Pick<EmbeddedStore, 'outdate'>> {
  let seen = 0
  return {
    version: () => {
      const version = sql.all(versionRow, 'PRAGMA data_version')[0]?.data_version ?? 0
      // Who reads again only after a change must not be given what was remembered from before it.
      if (version !== seen) sql.outdate()
      seen = version
      return version
    },
    outdate: sql.outdate,
  }
}

/** The right to write, together with the mark beside the file and the turns that wait for a beat. */
function withMark(
  right: Pick<EmbeddedStore, 'claim' | 'beat'>,
  presence: Presence,
  { flushing, requireWritten }: { readonly flushing: (work: () => void) => void; readonly requireWritten: () => void },
): Pick<EmbeddedStore, 'claim' | 'beat'> {
  return {
    claim: (time) => {
      const other = right.claim(time)
      if (other === undefined) presence.take()
      return other
    },
    beat: (time) => {
      presence.beat(time)
      flushing(() => right.beat(time))
      requireWritten()
    },
  }
}

/** Releases the right to write and closes the file, once. */
function closing(sql: Sql, presence: Presence, release: () => void, readOnly: boolean): () => void {
  let closed = false
  return () => {
    if (closed) return
    closed = true
    // A damaged, truncated or overwritten file is left as it is together with its mark, so that the next process checks
    // it.
    const damage = sql.damage()
    const loss = damage === undefined ? presence.lossReason() : 'is damaged'
    try {
      release()
      // The journal is written back into the file, because otherwise a copy of the file alone would lack the last
      // commits.
      if (!readOnly && loss === undefined) sql.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (cause) {
      // An error is ignored if the file is lost, damaged or locked; other processes see that this holder has ended.
      if (loss === undefined && !(cause instanceof StoreError && cause.kind === 'transient')) throw cause
    } finally {
      sql.close()
      presence.leave(loss, damage)
    }
  }
}
