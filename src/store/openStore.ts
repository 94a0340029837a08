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
import { movesOf, votesOn } from './sql/readTrail.js'
import type { Presence } from './file/presence.js'
import type { Sql } from './sql.js'
import { syncRequests } from './syncRequests.js'

/** Which state file is opened, and how. */
export interface StoreOptions {
  /** The state file, or `:memory:`, which keeps nothing. */
  readonly path: string
  /** For commands that only look: nothing is created or changed. @defaultValue `false` */
  readonly readOnly?: boolean
  /** Who claims the right to write. @defaultValue this process */
  readonly pid?: number
  /** @defaultValue the name of this host */
  readonly host?: string
  /** Whether a process of this host lives. @defaultValue asks the operating system */
  readonly isAlive?: (pid: number) => boolean
  /** Host clock, Unix milliseconds. @defaultValue the clock of the system */
  readonly now?: () => number
  /**
   * How long a call waits, and holds up the process, while another process keeps the file locked. @defaultValue 5,000
   * ms
   */
  readonly waitMs?: number
  /**
   * How many of the newest events the journal keeps, out of which whoever follows over HTTP catches up. One that is
   * there ends where none is kept. @defaultValue none is kept
   */
  readonly journal?: number
  /** A process that is known to have ended, though it said not long ago that it lives. */
  readonly ended?: { readonly pid: number; readonly host: string } | undefined
  /**
   * Called before an older file is brought up to this version, which holds up the process: a large one takes minutes.
   * @defaultValue nobody is told
   */
  readonly onMigrate?: (migration: Migration) => void
}

/**
 * Opens the durable state, an SQLite file that several processes may have open at once.
 *
 * - `commit` is one transaction and is on the disk when it returns, but for a turn without news while the right to
 *   write is held: that waits for the next `beat`, or another write before it, together with those of all chains. It
 *   writes what the turn has touched: under a key that the state does not hold any more, the row is deleted. A turn in
 *   which only the health moved is written every 5 s at most.
 * - A reader of another process sees whole commits only, and waits for nobody; a writer waits for `waitMs` and then
 *   throws a transient `StoreError`.
 * - `delivered`, `postpone` and `bury` each count one try; on an item that is not pending they do nothing.
 * - `notifications` and `audit` give the newest first, `deadLetters` the oldest.
 * - A file whose last writer crashed, or met damage in it, is looked at in another process first, and read through; a
 *   damaged one is moved aside for a new one, and `rebuilt` says so. One that was closed in order is trusted: its
 *   beginnings and ends are read, however large it is, and every row is checked when it is read.
 * - Bounded: the audit trail keeps the newest million entries, sync requests the last 100; of each proposal the newest
 *   1,000 votes and 100 moves are kept for as long as it is tracked; `prune` bounds the inbox, `journal` the journal.
 *
 * @throws StoreError where the file cannot be used, here and from every method.
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
  const { sql, presence, rebuilt } = openChecked({ path, readOnly, owner, isAlive, ended, now, onMigrate })
  sql.exec(`PRAGMA busy_timeout = ${waitMs}`)
  const { noteRebuilt, ...damage } = rebuilds(sql)
  if (rebuilt !== undefined) noteRebuilt(rebuilt)
  const trail = auditTrail(sql)
  const { requireKept, isHeld, isKept, ...right } = claim(sql, { ...who, mark: () => readMark(path) })
  const { begin, append, ...entries } = journal(sql, journalBound)
  if (!readOnly) begin()
  const { flushing, flushed, ...states } = chainStates(sql, trail, {
    requireKept,
    isTended: isHeld,
    journalise: append,
  })
  const tracked = proposals(sql)
  const requests = syncRequests(sql)
  const release = (): void => {
    // Who lost the right must not write any more.
    if (isHeld() && isKept()) flushing(() => right.release())
    else right.release()
  }
  return {
    ...states,
    ...tracked,
    outline: (chain) => flushed(chain, () => tracked.outline(chain)),
    votes: (proposal) => votesOn(sql, proposal),
    moves: (proposal) => movesOf(sql, proposal.chain, keyOf(proposal)),
    ...entries,
    ...inbox(sql),
    ...outbox(sql),
    ...failedDeliveries(sql),
    ...outages(sql),
    ...silences(sql, trail),
    ...addedPlans(sql, trail),
    ...trail,
    ...right,
    ...withMark(right, presence, flushing),
    release,
    ...requests,
    // Who asked for the sync reads what it came to out of the file.
    finishSync: (request, problem) => flushing(() => requests.finishSync(request, problem)),
    ...damage,
    version: () => versionOf(sql),
    close: closing(sql, presence, release, readOnly),
  }
}

const versionRow = z.object({ data_version: z.number() })

function versionOf(sql: Sql): number {
  return sql.all(versionRow, 'PRAGMA data_version')[0]?.data_version ?? 0
}

/** The right to write, with the mark beside the file that goes with it, and what is kept back until a beat. */
function withMark(
  right: Pick<EmbeddedStore, 'claim' | 'beat'>,
  presence: Presence,
  flushing: (work: () => void) => void,
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
    },
  }
}

/** Gives the right to write back and closes the file, once. */
function closing(sql: Sql, presence: Presence, release: () => void, readOnly: boolean): () => void {
  let closed = false
  return () => {
    if (closed) return
    closed = true
    // What is damaged, cut off or overwritten is left as it is, and the mark with it: the next one to open it looks.
    const damage = sql.damage()
    const loss = damage === undefined ? presence.loss() : 'is damaged'
    try {
      release()
      // The engine leaves its journal behind: a copy of the file alone would lack the last commits.
      if (!readOnly && loss === undefined) sql.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (cause) {
      // Others see that the holder is gone.
      if (loss === undefined && !(cause instanceof StoreError && cause.kind === 'transient')) throw cause
    } finally {
      sql.close()
      presence.leave(loss, damage)
    }
  }
}
