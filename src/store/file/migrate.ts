import * as z from 'zod/mini'
import { reasonOf, StoreError } from '../../domain/errors.js'
import { memoizeByObject } from '../../domain/memoizeByObject.js'
import { migrations } from './migrations.js'
import { openSql, type Sql } from '../sql.js'
import { damageError, isEngineError } from '../storeErrorOf.js'

// "govs" marks the file as a govstream state, so that a database of another program is never written.
const applicationId = 0x676f7673

/** True if the first hundred bytes are those of a govstream state file. */
export function isStateHeader(header: Buffer): boolean {
  return (
    header.length === 100 &&
    header.toString('latin1', 0, 16) === 'SQLite format 3\0' &&
    header.readUInt32BE(68) === applicationId
  )
}

const versionRow = z.object({ user_version: z.number() })
const sizeRow = z.object({ bytes: z.number() })
const idRow = z.object({ application_id: z.number() })
const tablesRow = z.object({ tables: z.number() })

/**
 * Returns the schema version of a state file; 0 if it is empty.
 *
 * @throws StoreError if a newer govstream or another program wrote it, or the version is damaged.
 */
export function versionOf(sql: Sql, newest: number): number {
  // One snapshot, because another process may create the schema between two of these reads.
  const [version, id, content] = sql.snapshot(() => [
    sql.all(versionRow, 'PRAGMA user_version')[0],
    sql.all(idRow, 'PRAGMA application_id')[0],
    sql.all(tablesRow, 'SELECT count(*) AS tables FROM sqlite_master')[0],
  ])
  const found = version?.user_version ?? 0
  if (found > newest) {
    throw new StoreError(
      `The state file ${sql.file} has schema version ${found}, and this govstream knows up to ${newest}: ` +
        'a newer govstream wrote it. Install that version, or name another state file.',
    )
  }
  if (id?.application_id === applicationId) {
    // The mark and the version are written together, so a marked file has a version.
    if (found < 1) throw damageError(sql.file, `its schema version is ${found}`)
    return found
  }
  if (id?.application_id === 0 && found === 0 && content?.tables === 0) return 0
  throw new StoreError(
    `The state file ${sql.file} is a database of another program. Name another state file, or move this one away.`,
  )
}

/** A pending migration of a state file to a newer schema version. */
export interface Migration {
  readonly file: string
  readonly from: number
  readonly to: number
  /** Size of the file in bytes. */
  readonly bytes: number
}

/** How a file is migrated. */
export interface MigrateOptions {
  /** Called before the start, because a large file takes minutes and the process is blocked meanwhile. */
  readonly onMigrate?: ((migration: Migration) => void) | undefined
  /** Returns the id of the process that works with the file; undefined if there is none. */
  readonly holderOf?: ((sql: Sql) => number | undefined) | undefined
}

/**
 * Migrates the file to the newest schema. If two processes open it at once, only one migrates it.
 *
 * @param steps - One migration for each version; a test passes its own.
 * @throws StoreError if a newer govstream or another program wrote the file, its content does not fit its version, or
 *   an older govstream works with it. The file is left unchanged.
 */
export function migrate(
  sql: Sql,
  steps: readonly string[] = migrations,
  { onMigrate, holderOf = () => undefined }: MigrateOptions = {},
): void {
  const [from, to] = [versionOf(sql, steps.length), steps.length]
  if (from === to) {
    requireSchemaOf(steps, sql, from)
    return
  }
  // Checked twice: nobody should wait minutes for a refusal, and an older govstream may start meanwhile.
  const requireFree = (): void => {
    if (from > 0) requireUnused(sql, from, holderOf(sql))
  }
  try {
    requireFree()
    if (from > 0) onMigrate?.({ file: sql.file, from, to, bytes: sizeOf(sql) })
    sql.transaction(() => {
      requireFree()
      for (const step of steps.slice(versionOf(sql, steps.length))) sql.exec(step)
      requireSchemaOf(steps, sql, from)
      sql.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`)
    })
  } catch (cause) {
    if (!isEngineError(cause, 'SQLITE_ERROR')) throw cause
    const reason = reasonOf(cause.cause)
    if (/malformed JSON/i.test(reason) || !hasSchemaOf(steps.slice(0, from), sql))
      throw damageError(sql.file, `its content is not that of schema version ${from}: ${reason}`)
    throw new StoreError(
      `The state file ${sql.file} cannot be brought from schema version ${from} to ${to} (${reason}). ` +
        'It is unchanged: install the version of govstream that you used before, and report this.',
      { cause },
    )
  }
}

/** An older process would go on writing rows in the format of its version, which nothing would migrate again. */
function requireUnused(sql: Sql, version: number, pid: number | undefined): void {
  if (pid === undefined) return
  throw new StoreError(
    `The state file ${sql.file} has the older schema version ${version}, and an older govstream (process ${pid}) works with it. ` +
      'Stop that one first, then start this one. Nothing was changed.',
  )
}

/**
 * Checks that a file has all tables, columns and indexes of the newest version. One may be missing if the version in
 * its header was damaged and is too high.
 *
 * @throws StoreError that counts as damage
 */
function requireSchemaOf(steps: readonly string[], sql: Sql, version: number): void {
  const found = new Set(schemaOf(sql))
  const missing = schemaAfter(steps).find((part) => !found.has(part))
  if (missing !== undefined)
    throw damageError(sql.file, `its content is not that of schema version ${version}: it has no ${missing}`)
}

/** True if the file has exactly the schema that these steps create. If not, the version in its header is wrong. */
function hasSchemaOf(steps: readonly string[], sql: Sql): boolean {
  return schemaAfter(steps).join() === schemaOf(sql).join()
}

/** Returns the schema that these steps create in an empty file. */
const schemaAfter = memoizeByObject((steps: readonly string[]): readonly string[] => {
  const expected = openSql(':memory:', 'the expected schema')
  try {
    for (const step of steps) expected.exec(step)
    return schemaOf(expected)
  } finally {
    expected.close()
  }
})

const partRow = z.object({ part: z.string() })

/** Returns the names of all tables with their columns, indexes and triggers, sorted. */
function schemaOf(sql: Sql): readonly string[] {
  const parts = sql.all(
    partRow,
    `SELECT type || ' ' || name AS part FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'
     UNION SELECT 'column ' || tables.name || '.' || columns.name
     FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
     WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY 1`,
  )
  return parts.map(({ part }) => part)
}

function sizeOf(sql: Sql): number {
  return (
    sql.all(sizeRow, 'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size')[0]?.bytes ?? 0
  )
}

/**
 * Checks that the file can be read with its present schema.
 *
 * @throws StoreError as `migrate` does, and if the file is empty or has an older schema.
 */
export function requireSchema(sql: Sql, steps: readonly string[] = migrations): void {
  const version = versionOf(sql, steps.length)
  if (version === steps.length) return
  throw new StoreError(
    version === 0
      ? `There is no state yet in ${sql.file}: run "govstream run" or "govstream sync" first.`
      : `The state file ${sql.file} has the older schema version ${version}: run "govstream run" or "govstream sync" to bring it up to date.`,
  )
}
