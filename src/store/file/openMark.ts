import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { reasonOf, StoreError } from '../../domain/errors.js'
import { parsedJson } from '../../domain/text/boundedJson.js'
import { cleanLine } from '../../domain/text/text.js'

/** Milliseconds without a beat after which the writer counts as dead. A live one beats every second. */
export const silenceMs = 10_000

/** The process that has the state file open for writing. */
export interface MarkOwner {
  readonly token: string
  readonly pid: number
  readonly host: string
}

/** A process that was found to be silent. */
export type Ended = Pick<MarkOwner, 'pid' | 'host'>

/** True if this is that process. */
export function hasEnded(ended: Ended | undefined, { pid, host }: Ended): boolean {
  return ended?.pid === pid && ended.host === host
}

export interface FoundMark extends MarkOwner {
  /** When its owner last beat, in Unix milliseconds. */
  readonly beat: number
  /** Damage that its owner found in the file, which the engine may not find. */
  readonly damage?: string | undefined
}

const markSchema = z.object({ token: z.string(), pid: z.number(), host: z.string(), damage: z.optional(z.string()) })

/**
 * The mark file beside the state. It exists while a process writes the state; if it is left behind, there was a crash.
 */
function markPath(file: string): string {
  return `${file}.open`
}

/**
 * Reads the mark beside a state file; undefined if its last writer closed it. An incomplete mark counts as a crash too.
 */
export function readMark(file: string): FoundMark | undefined {
  const path = markPath(file)
  const beat = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  if (beat === undefined) return undefined
  const mark = markSchema.safeParse(parsedJson(textOf(path)))
  return mark.success ? { ...mark.data, beat } : { token: '', pid: 0, host: '', beat }
}

/**
 * Writes the mark beside a state file, replacing any other.
 *
 * @throws StoreError
 */
export function writeMark(file: string, owner: MarkOwner & Pick<FoundMark, 'damage'>): void {
  const path = markPath(file)
  const temporary = `${path}.${owner.token}`
  try {
    writeFileSync(temporary, `${JSON.stringify(owner)}\n`, { mode: 0o600 })
    renameSync(temporary, path)
  } catch (cause) {
    ignoreErrors(() => rmSync(temporary, { force: true }))
    throw markError(path, cause)
  }
}

/**
 * Signals that the owner is alive. `now` is Unix milliseconds.
 *
 * @throws StoreError
 */
export function beatMark(file: string, { token }: Pick<MarkOwner, 'token'>, now: number): void {
  const path = markPath(file)
  try {
    if (readMark(file)?.token === token) utimesSync(path, now / 1000, now / 1000)
  } catch (cause) {
    throw markError(path, cause)
  }
}

/** Records damage in the owner's own mark, for the next process that opens the file. */
export function noteDamage(file: string, owner: MarkOwner, damage: string): void {
  if (readMark(file)?.token === owner.token) writeMark(file, { ...owner, damage: cleanLine(damage, 200) })
}

/** Removes the owner's own mark. If that fails, the next process that opens the file checks it. */
export function removeMark(file: string, { token }: Pick<MarkOwner, 'token'>): void {
  ignoreErrors(() => {
    if (readMark(file)?.token === token) rmSync(markPath(file), { force: true })
  })
}

function markError(path: string, cause: unknown): StoreError {
  return new StoreError(
    `${path} cannot be written beside the state: ${reasonOf(cause)}. Check the disk and the rights of the directory.`,
    { cause },
  )
}

function ignoreErrors(work: () => void): void {
  try {
    work()
  } catch {
    // The error was already reported, or the file shows the state.
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, 1_000)
  } catch {
    return ''
  }
}
