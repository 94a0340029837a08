import { existsSync, renameSync, statSync } from 'node:fs'
import { reasonOf, StoreError } from '../../domain/errors.js'
import type { RebuiltState } from '../../domain/notifications/announceRebuilt.js'
import { defined } from '../../domain/defined.js'
import { inspectFile } from './inspectFile.js'
import { isAliveHere } from './isAliveHere.js'
import { type OnMigrate, openFile, preparePath } from './openFile.js'
import { type Ended, hasEnded, type MarkOwner, readMark, removeMark, silenceMs, writeMark } from './openMark.js'
import { isOpenHere, noPresence, type Presence, writerPresence, readerPresence } from './presence.js'
import { thisHost } from './thisHost.js'
import type { Sql } from '../sql.js'
import { isDamage } from '../storeErrorOf.js'

interface OpenOptions {
  readonly path: string
  readonly readOnly: boolean
  /** Who opens it. */
  readonly owner: MarkOwner
  readonly isAlive: (pid: number) => boolean
  readonly ended?: Ended | undefined
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly onMigrate?: OnMigrate | undefined
}

interface OpenedState {
  readonly sql: Sql
  readonly presence: Presence
  /** Set where the file was damaged and made room for a new one. */
  readonly rebuilt?: RebuiltState
}

/**
 * Opens the state file. Where its last writer did not close it, it is looked at in another process first, because the
 * engine ends the process on some kinds of damage. A damaged file is moved aside and a new one begun; for reading, it
 * is refused.
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
  // What it says of the damage is none of the new file's.
  if (aside !== undefined) removeMark(path, readMark(path) ?? owner)
  const marked = holdsSomething(path) && (isLeft || readMark(path) === undefined)
  // Before the engine touches the file: what ends the process on the way leaves the mark.
  if (marked) writeMark(path, owner)
  try {
    const { sql, rebuilt = aside } = openSound(options)
    const presence = writerPresence(path, owner)
    if (marked || readMark(path) === undefined) presence.take()
    return { sql, presence, ...defined({ rebuilt }) }
  } catch (cause) {
    // A mark that was left behind still has to be looked into.
    if (!isLeft) removeMark(path, owner)
    throw cause
  }
}

function holdsSomething(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/**
 * As `inspectFile`, for a file that a process worked with: an empty one, too, which the engine takes for a new
 * database, and one in which that process met a row that cannot be read.
 */
export function damageOf(path: string): string | undefined {
  return statSync(path).size === 0 ? 'it is empty' : (inspectFile(path) ?? readMark(path)?.damage)
}

/** The damage may show only here, where nobody crashed. */
function openSound({ path, now, onMigrate }: OpenOptions): { readonly sql: Sql; readonly rebuilt?: RebuiltState } {
  try {
    return { sql: openFile(path, false, onMigrate) }
  } catch (cause) {
    if (!isDamage(cause)) throw cause
    const rebuilt = { movedTo: setAside(path, now()), problem: reasonOf(cause) }
    return { sql: openFile(path, false), rebuilt }
  }
}

/** True where the last writer ended without closing the file. */
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

/** What is said of a damaged file where none may be moved. */
export function damagedError(path: string, problem: string): StoreError {
  return new StoreError(
    `The state file ${path} is damaged (${problem}). The next "govstream run" or "govstream sync" moves it aside and reads the chain anew.`,
  )
}

/** Moves a state file and its journals to a free name beside it, and gives that name. `now` is Unix milliseconds. */
function setAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  let name = `${path}.damaged-${stamp}`
  for (let count = 2; existsSync(name); count += 1) name = `${path}.damaged-${stamp}-${count}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${name}${suffix}`)
  }
  return name
}

/**
 * True where the process that wrote the state last ended without closing it, as by a kill. `now` is Unix milliseconds.
 */
export function wasLeftOpen(path: string, now: number): boolean {
  return isAbandoned({ path, owner: { pid: process.pid, host: thisHost() }, isAlive: isAliveHere, now: () => now })
}
