import Database from 'libsql'
import type * as z from 'zod/mini'
import { reasonOf, StoreError } from '../domain/errors.js'
import { isDamage, storeErrorOf } from './storeErrorOf.js'

/** What a column can hold. The engine aborts the process on a boolean: bind 0 or 1. */
type SqlValue = string | number | null

/** One open database. Everything throws `StoreError` where the engine fails. */
export interface Sql {
  /** As the operator named it, for sentences. */
  readonly file: string
  /** Returns how many rows it touched. The text must be a constant: its statement is kept. */
  readonly run: (text: string, ...values: readonly SqlValue[]) => number
  readonly all: <T>(row: z.ZodMiniType<T>, text: string, ...values: readonly SqlValue[]) => readonly T[]
  /** Runs several statements without values. */
  readonly exec: (text: string) => void
  /**
   * All that `body` writes or nothing. Takes the write lock at once, so that what it reads stays true until
   * it writes. Inside another transaction it is part of that one. What `body` throws comes out as it is.
   */
  readonly transaction: <T>(body: () => T) => T
  /** Everything `body` reads is of one moment, whatever others write meanwhile. */
  readonly snapshot: <T>(body: () => T) => T
  /** What was met first in the file that cannot be read; undefined where nothing was. */
  readonly damage: () => string | undefined
  /** Takes note that a row cannot be read. */
  readonly noteDamage: (problem: string) => void
  readonly close: () => void
}

/**
 * Opens a database.
 *
 * @param address - What the engine opens: a path, a `file:` URI or `:memory:`.
 */
export function openSql(address: string, file: string): Sql {
  const state: { closed: boolean; wasRead: boolean; damage?: string } = { closed: false, wasRead: false }
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      const error = storeErrorOf(file, cause, { wasDatabase: state.wasRead })
      if (isDamage(error)) state.damage ??= reasonOf(error.cause)
      throw error
    }
  }
  const reading = <T>(work: () => T): T => {
    const result = guarded(work)
    state.wasRead = true
    return result
  }
  const database = guarded(() => new Database(address))
  const statements = new Map<string, Database.Statement>()

  // Statements outlive the engine's own close, so the handle itself must refuse.
  const live = (): void => {
    if (state.closed) throw new StoreError(`The state file ${file} was closed before this was asked of it.`)
  }
  const prepare = (text: string): Database.Statement => {
    live()
    const known = statements.get(text)
    if (known !== undefined) return known
    const statement = database.prepare(text)
    statements.set(text, statement)
    return statement
  }
  const exec = (text: string): void => {
    live()
    guarded(() => database.exec(text))
  }
  const between = transactions(database, exec)

  return {
    file,
    run: (text, ...values) => reading(() => prepare(text).run(values).changes),
    all: (row, text, ...values) =>
      reading(() =>
        prepare(text)
          .all(values)
          .map((found) => row.parse(found)),
      ),
    exec,
    transaction: (body) => between('BEGIN IMMEDIATE', body),
    snapshot: (body) => between('BEGIN DEFERRED', body),
    damage: () => state.damage,
    noteDamage: (problem) => void (state.damage ??= problem),
    close: () => {
      if (state.closed) return
      state.closed = true
      statements.clear()
      guarded(() => database.close())
    },
  }
}

/** Runs a body between a `BEGIN` and its `COMMIT`; inside another one it is part of that one. */
function transactions(
  database: Pick<Database.Database, 'exec'>,
  exec: (text: string) => void,
): <T>(begin: string, body: () => T) => T {
  const state = { inside: false }
  const rollBack = (): void => {
    try {
      database.exec('ROLLBACK')
    } catch {
      // A full disk has rolled back by itself; the error that led here is the one to tell.
    }
  }
  return (begin, body) => {
    if (state.inside) return body()
    exec(begin)
    state.inside = true
    try {
      const result = body()
      exec('COMMIT')
      return result
    } catch (cause) {
      rollBack()
      throw cause
    } finally {
      state.inside = false
    }
  }
}
