import { accessSync, closeSync, constants, mkdirSync, openSync, type Stats, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod/mini'
import { StoreError, reasonOf } from '../../domain/errors.js'
import { migrate, type MigrateOptions, requireSchema } from './migrate.js'
import { migrations } from './migrations.js'
import { type Sql, openSql } from '../sql.js'

const tableRow = z.object({ name: z.string() })
const modeRow = z.object({ journal_mode: z.string() })

function find(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    throw new StoreError(`The state file ${path} cannot be reached: ${reasonOf(cause)}. Name another state file.`, {
      cause,
    })
  }
}

/**
 * Checks whether there is a state file.
 *
 * @throws StoreError if the path is no regular file, or cannot be reached.
 */
export function stateExists(path: string): boolean {
  const found = find(path)
  if (found === undefined) return false
  if (found.isDirectory()) {
    throw new StoreError(
      `The state file ${path} is a directory: name a file in it, such as ${join(path, 'govstream.db')}.`,
    )
  }
  if (!found.isFile()) throw new StoreError(`The state file ${path} is not a regular file: name another one.`)
  return true
}

function requireAccess(path: string, mode: number, deed: string): void {
  try {
    accessSync(path, mode)
  } catch (cause) {
    const problem =
      cause instanceof Error && 'code' in cause && cause.code === 'EROFS'
        ? `${path} is mounted read-only. Mount it writable, under systemd name it in ReadWritePaths=, or name another state file.`
        : `this user has no right to ${path}. Change its owner or mode, or name another state file.`
    throw new StoreError(`The state file cannot be ${deed}: ${problem}`, { cause })
  }
}

// These checks run before the engine opens the file, because its own errors contain only a number.
function prepareToWrite(path: string): void {
  const directory = dirname(resolve(path))
  try {
    mkdirSync(directory, { recursive: true })
  } catch (cause) {
    throw new StoreError(
      `The directory of the state file ${path} cannot be created: ${reasonOf(cause)}. Name another state file.`,
      { cause },
    )
  }
  requireAccess(directory, constants.W_OK | constants.X_OK, 'written')
  if (stateExists(path)) requireAccess(path, constants.R_OK | constants.W_OK, 'written')
}

function prepareToRead(path: string): void {
  if (path === ':memory:') {
    throw new StoreError('The state is ":memory:", which no other process can read: set "state" to a file.')
  }
  if (!stateExists(path))
    throw new StoreError(`There is no state yet in ${path}: run "govstream run" or "govstream sync" first.`)
  requireAccess(path, constants.R_OK, 'read')
}

/**
 * Reads the first and the last row of every table. This is cheap for any size and finds files that were cut off,
 * overwritten or mixed up. Damage further inside is found when it is read.
 */
function requireEnds(sql: Sql): void {
  for (const { name } of sql.all(tableRow, `SELECT name FROM sqlite_master WHERE type = 'table'`)) {
    for (const order of ['ASC', 'DESC'])
      sql.all(z.unknown(), `SELECT * FROM "${name.replaceAll('"', '""')}" ORDER BY rowid ${order} LIMIT 1`)
  }
}

function setUp(sql: Sql, options: MigrateOptions): void {
  sql.exec('PRAGMA busy_timeout = 5000')
  migrate(sql, migrations, options)
  // Set only after the schema is known to be ours, because the journal mode is written into the file.
  const [journal] = sql.all(modeRow, 'PRAGMA journal_mode = WAL')
  if (journal?.journal_mode !== 'wal' && sql.file !== ':memory:') {
    throw new StoreError(
      `The state file ${sql.file} lies on a file system without shared locks: put it on a local disk.`,
    )
  }
  // After a burst the journal is truncated to 16 MiB, so that its size on disk stays bounded.
  sql.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 16777216')
  requireEnds(sql)
}

function closingOnError(sql: Sql, work: (sql: Sql) => void): Sql {
  try {
    work(sql)
    return sql
  } catch (cause) {
    sql.close()
    throw cause
  }
}

/**
 * Checks that there is a file to read, or a place to write one. Directories are created only for writing.
 *
 * @throws StoreError that says what is wrong with the path and what to do.
 */
export function preparePath(path: string, readOnly: boolean): void {
  if (readOnly) prepareToRead(path)
  else prepareToWrite(path)
}

/**
 * Opens a state file at a prepared path, read-only if requested. A missing file is created for writing.
 *
 * @throws StoreError that says what is wrong with the file and what to do.
 */
export function openFile(path: string, readOnly: boolean, options: MigrateOptions = {}): Sql {
  if (readOnly) {
    return closingOnError(openSql(`${pathToFileURL(path).href}?mode=ro`, path), (sql) => {
      sql.exec('PRAGMA busy_timeout = 5000')
      requireSchema(sql)
    })
  }
  if (path !== ':memory:') createPrivately(resolve(path))
  return closingOnError(openSql(path === ':memory:' ? path : resolve(path), path), (sql) => setUp(sql, options))
}

/**
 * Creates an empty file, which is an empty database. Its journals inherit its mode, so that other users cannot read
 * them.
 */
function createPrivately(path: string): void {
  try {
    // `ax` never opens an existing file: closing a descriptor of it would release the locks of the engine in this
    // process.
    closeSync(openSync(path, 'ax', 0o600))
  } catch {
    // The file exists, or the engine tries the same and reports the error.
  }
}
