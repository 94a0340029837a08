import { existsSync, renameSync, statSync } from 'node:fs'
import { reasonOf, StoreError } from '../../domain/errors.js'
import type { RebuiltState } from '../../domain/notifications/announceRebuilt.js'
import { defined } from '../../domain/defined.js'
import { inspectFile } from './inspectFile.js'
import { isAliveHere } from './isAliveHere.js'
import type { MigrateOptions } from './migrate.js'
import { openFile, preparePath } from './openFile.js'
import { type Ended, hasEnded, type MarkOwner, readMark, removeMark, silenceMs, writeMark } from './openMark.js'
import { isOpenHere, noPresence, type Presence, writerPresence, readerPresence } from './presence.js'
import { thisHost } from './thisHost.js'
import type { Sql } from '../sql.js'
import { isDamage } from '../storeErrorOf.js'

interface OpenOptions extends MigrateOptions {
  readonly path: string
  readonly readOnly: boolean
  /** The process that opens the file. */
  readonly owner: MarkOwner
  readonly isAlive: (pid: number) => boolean
  readonly ended?: Ended | undefined
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

interface OpenedState {
  readonly sql: Sql
  readonly presence: Presence
  /** Set if the file was damaged and replaced by a new one. */
  readonly rebuilt?: RebuiltState
}

/**
 * Opens the state file. If its last writer did not close it, it is first checked in another process, because some kinds
 * of damage make the engine end its process. A damaged file is moved aside and a new one created; a reader gets an
 * error instead.
 *
 * @throws StoreError
 */
export function openChecked(options: OpenOptions): OpenedState {
  const { path, readOnly, owner, now } = options
  if (path === ':memory:' && !readOnly) return { sql: openFile(path, readOnly), presence: noPresence }
  preparePath(path, readOnly)
  const isLeft = existsSync(path) && isAbandoned(options)
  const problem = isLeft ? damageOf(path) : undefined
  if (readOnly) {
    if (problem !== undefined) throw damagedError(path, problem)
    return { sql: openFile(path, readOnly), presence: readerPresence(path) }
  }
  const aside = problem === undefined ? undefined : { movedTo: setAside(path, now()), problem }
  // The mark describes the damage of the old file, so it is removed.
  if (aside !== undefined) removeMark(path, readMark(path) ?? owner)
  const marked = holdsSomething(path) && (isLeft || readMark(path) === undefined)
  // The mark is written before the engine opens the file, so that it remains if the process ends in between.
  if (marked) writeMark(path, owner)
  try {
    const { sql, rebuilt = aside } = openSound(options)
    const presence = writerPresence(path, owner)
    if (marked || readMark(path) === undefined) presence.take()
    return { sql, presence, ...defined({ rebuilt }) }
  } catch (cause) {
    // A mark of an earlier crash must stay for the next check.
    if (!isLeft) removeMark(path, owner)
    throw cause
  }
}

function holdsSomething(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/**
 * Like `inspectFile`, for a file that a process worked with. It also reports an empty file, which the engine would
 * treat as a new database, and a damaged row that the process found.
 */
export function damageOf(path: string): string | undefined {
  return statSync(path).size === 0 ? 'it is empty' : (inspectFile(path) ?? readMark(path)?.damage)
}

/** Opens a file without signs of a crash, where damage may only show now. */
function openSound({ path, now, onMigrate, holderOf }: OpenOptions): {
  readonly sql: Sql
  readonly rebuilt?: RebuiltState
} {
  try {
    return { sql: openFile(path, false, { onMigrate, holderOf }) }
  } catch (cause) {
    if (!isDamage(cause)) throw cause
    const rebuilt = { movedTo: setAside(path, now()), problem: reasonOf(cause) }
    return { sql: openFile(path, false), rebuilt }
  }
}

/** True if the last writer ended without closing the file. */
function isAbandoned({
  path,
  owner,
  isAlive,
  ended,
  now,
}: Pick<OpenOptions, 'path' | 'isAlive' | 'ended' | 'now'> & {
  readonly owner: Pick<MarkOwner, 'pid' | 'host'>
}): boolean {
  const mark = readMark(path)
  if (mark === undefined || isOpenHere(mark)) return false
  const isFresh = Math.abs(now() - mark.beat) < silenceMs && !hasEnded(ended, mark)
  if (mark.host !== owner.host) return !isFresh
  return !(isFresh && mark.pid !== owner.pid && isAlive(mark.pid))
}

/** The error for a damaged file that must not be moved. */
export function damagedError(path: string, problem: string): StoreError {
  return new StoreError(
    `The state file ${path} is damaged (${problem}). The next "govstream run" or "govstream sync" moves it aside and reads the chain again.`,
  )
}

/** Moves a state file and its journals to a free name beside it, and returns that name. `now` is Unix milliseconds. */
function setAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  let name = `${path}.damaged-${stamp}`
  for (let count = 2; existsSync(name); count += 1) name = `${path}.damaged-${stamp}-${count}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${name}${suffix}`)
  }
  return name
}

/** True if the last writer of the state ended without closing it, for example by a kill. `now` is Unix milliseconds. */
export function wasLeftOpen(path: string, now: number): boolean {
  return isAbandoned({ path, owner: { pid: process.pid, host: thisHost() }, isAlive: isAliveHere, now: () => now })
}
