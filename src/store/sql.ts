import Database from 'libsql'
import type * as z from 'zod/mini'
import { reasonOf, StoreError } from '../domain/errors.js'
import { isDamage, storeErrorOf } from './storeErrorOf.js'

/** A value for a column. A boolean makes the engine abort the process, so bind 0 or 1. */
type SqlValue = string | number | null

/** One open database. Every function throws `StoreError` if the engine fails. */
export interface Sql {
  /** The file name as the operator wrote it, for messages. */
  readonly file: string
  /** Returns the number of changed rows. The text must be constant, because its statement is cached. */
  readonly run: (text: string, ...values: readonly SqlValue[]) => number
  readonly all: <T>(row: z.ZodMiniType<T>, text: string, ...values: readonly SqlValue[]) => readonly T[]
  /** Runs several statements without values. */
  readonly exec: (text: string) => void
  /**
   * Runs `body` in a transaction that writes all or nothing. The write lock is taken at once, so that what `body` reads
   * stays true until it writes. A nested call joins the outer transaction. Errors of `body` pass through.
   */
  readonly transaction: <T>(body: () => T) => T
  /** Runs `body` in a read transaction: everything it reads is from one moment. */
  readonly snapshot: <T>(body: () => T) => T
  /**
   * A number that changes with each write of this process, with each rollback and with `outdate`. A statement of `all`
   * that writes must therefore stand in a transaction.
   */
  readonly revision: () => number
  /** Records that another process may have written. */
  readonly outdate: () => void
  /** The first damage found in the file; undefined if there was none. */
  readonly damage: () => string | undefined
  /** Records that a row cannot be read. */
  readonly noteDamage: (problem: string) => void
  readonly close: () => void
}

/**
 * Opens a database.
 *
 * @param address - What the engine opens: a path, a `file:` URI or `:memory:`.
 */
export function openSql(address: string, file: string): Sql {
  const state: State = { closed: false, wasRead: false, revision: 0 }
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
  // The engine's statements still work after it was closed, so this handle must refuse them.
  const live = (): void => {
    if (state.closed) throw new StoreError(`The state file ${file} was closed before this was asked of it.`)
  }
  const { prepare, forget } = cachedStatements(database, live)
  const outdate = (): void => void (state.revision += 1)
  const exec = (text: string): void => {
    live()
    outdate()
    guarded(() => database.exec(text))
  }
  const between = transactions(exec, () => {
    outdate()
    database.exec('ROLLBACK')
  })

  return {
    file,
    run: (text, ...values) => {
      outdate()
      return reading(() => prepare(text).run(values).changes)
    },
    all: (row, text, ...values) =>
      reading(() =>
        prepare(text)
          .all(values)
          .map((found) => row.parse(found)),
      ),
    exec,
    transaction: (body) => between('BEGIN IMMEDIATE', body),
    snapshot: (body) => between('BEGIN DEFERRED', body),
    revision: () => state.revision,
    outdate,
    damage: () => state.damage,
    noteDamage: (problem) => void (state.damage ??= problem),
    close: () => {
      if (state.closed) return
      state.closed = true
      forget()
      guarded(() => database.close())
    },
  }
}

interface State {
  closed: boolean
  wasRead: boolean
  revision: number
  damage?: string
}

/** Prepares each text once. */
function cachedStatements(
  database: Database.Database,
  requireLive: () => void,
): { readonly prepare: (text: string) => Database.Statement; readonly forget: () => void } {
  const statements = new Map<string, Database.Statement>()
  return {
    prepare: (text) => {
      requireLive()
      const known = statements.get(text)
      if (known !== undefined) return known
      const statement = database.prepare(text)
      statements.set(text, statement)
      return statement
    },
    forget: () => statements.clear(),
  }
}

/** Runs a body between `BEGIN` and `COMMIT`; a nested call joins the outer transaction. */
function transactions(exec: (text: string) => void, undo: () => void): <T>(begin: string, body: () => T) => T {
  const state = { inside: false }
  const rollBack = (): void => {
    try {
      undo()
    } catch {
      // On a full disk the engine has already rolled back. The original error is reported.
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
