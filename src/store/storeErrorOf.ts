import * as z from 'zod/mini'
import { StoreError, reasonOf } from '../domain/errors.js'

const remedies: ReadonlyMap<string, string> = new Map([
  ['SQLITE_BUSY', 'another process keeps it locked; find out which one, and try again'],
  ['SQLITE_LOCKED', 'another process kept it locked; find out which one, and try again'],
  ['SQLITE_READONLY', 'it may not be written; check the owner and mode of the file and of its directory'],
  ['SQLITE_PERM', 'access is denied; check the owner and mode of the file and of its directory'],
  ['SQLITE_CANTOPEN', 'it cannot be opened; check the owner and mode of the file and of its directory'],
  ['SQLITE_FULL', 'the disk is full; make room, nothing that was committed is lost'],
  ['SQLITE_IOERR', 'the disk failed to read or write; check the disk and the file system'],
  ['SQLITE_CORRUPT', 'its content is damaged; restore it from a backup, or move it away to start over from the chain'],
  ['SQLITE_NOTADB', 'it is not a database; name another state file, or move this one away'],
])

// Errors that end when the other process is done, or when there is room again.
const passing: ReadonlySet<string> = new Set(['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_FULL'])

// Returns the primary code: "SQLITE_IOERR_WRITE" gives "SQLITE_IOERR".
function codeOf(cause: unknown): string {
  const reason = reasonOf(cause)
  // For some damaged pages the code is not specific.
  if (reason.includes('disk image is malformed')) return 'SQLITE_CORRUPT'
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined
  // The file that all processes share could not be enlarged.
  if (code === 'SQLITE_IOERR_SHMSIZE') return 'SQLITE_FULL'
  if (typeof code === 'string') return code.split('_').slice(0, 2).join('_')
  // A column has another type than the program ever writes.
  if (cause instanceof z.core.$ZodError) return 'SQLITE_CORRUPT'
  // A failed open has no code, only the words `ConnectionFailed("... : 14")`.
  return reason.includes('ConnectionFailed') ? 'SQLITE_CANTOPEN' : ''
}

/**
 * Converts an error of the database engine to a sentence with the file, the problem and the remedy. `wasDatabase` means
 * that the file was read successfully before, so it must be damaged rather than another kind of file.
 */
export function storeErrorOf(file: string, cause: unknown, { wasDatabase = false } = {}): StoreError {
  if (cause instanceof StoreError) return cause
  const told = codeOf(cause)
  const code = wasDatabase && told === 'SQLITE_NOTADB' ? 'SQLITE_CORRUPT' : told
  const remedy = remedies.get(code)
  const reason = cause instanceof z.core.$ZodError ? 'a column of another kind' : reasonOf(cause)
  const words = remedy === undefined ? reason : `${remedy} (${reason})`
  return new StoreError(`The state file ${file} cannot be used: ${words}.`, {
    cause,
    kind: passing.has(code) ? 'transient' : 'permanent',
  })
}

/** True if an error says that the content of a state file is damaged. */
export function isDamage(cause: unknown): boolean {
  return isEngineError(cause, 'SQLITE_CORRUPT')
}

/** True if a store error has this primary code of the engine. */
export function isEngineError(cause: unknown, code: string): cause is StoreError {
  return cause instanceof StoreError && codeOf(cause.cause) === code
}

/** The error for a state file whose damage the engine does not notice. */
export function damageError(file: string, problem: string): StoreError {
  return storeErrorOf(file, Object.assign(new Error(problem), { code: 'SQLITE_CORRUPT' }))
}
