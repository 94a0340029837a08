import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { reasonOf, StoreError } from '../../domain/errors.js'
import { parsedJson } from '../../domain/text/boundedJson.js'
import { cleanLine } from '../../domain/text/text.js'

/** Who writes the state says each second that it lives: one that was silent for this long is taken for dead. */
export const silenceMs = 10_000

/** Who has the state file open for writing. */
export interface MarkOwner {
  readonly token: string
  readonly pid: number
  readonly host: string
}

/** A process that was seen to say nothing any more. */
export type Ended = Pick<MarkOwner, 'pid' | 'host'>

/** True where it is that process. */
export function hasEnded(ended: Ended | undefined, { pid, host }: Ended): boolean {
  return ended?.pid === pid && ended.host === host
}

export interface FoundMark extends MarkOwner {
  /** When its owner last said that it lives, Unix milliseconds. */
  readonly beat: number
  /** What its owner found damaged in the file, where the engine may find nothing. */
  readonly damage?: string | undefined
}

const markSchema = z.object({ token: z.string(), pid: z.number(), host: z.string(), damage: z.optional(z.string()) })

/** The file beside the state that is there for as long as a process writes it: left behind, it tells of a crash. */
function markPath(file: string): string {
  return `${file}.open`
}

/** The mark beside a state file; `undefined` where its last writer closed it. A torn one counts as a crash too. */
export function readMark(file: string): FoundMark | undefined {
  const path = markPath(file)
  const beat = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  if (beat === undefined) return undefined
  const mark = markSchema.safeParse(parsedJson(textOf(path)))
  return mark.success ? { ...mark.data, beat } : { token: '', pid: 0, host: '', beat }
}

/**
 * Puts the mark beside a state file, in place of any other.
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
    withoutThrow(() => rmSync(temporary, { force: true }))
    throw unwritable(path, cause)
  }
}

/**
 * Says that the owner lives. `now` is Unix milliseconds.
 *
 * @throws StoreError
 */
export function beatMark(file: string, { token }: Pick<MarkOwner, 'token'>, now: number): void {
  const path = markPath(file)
  try {
    if (readMark(file)?.token === token) utimesSync(path, now / 1000, now / 1000)
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

/** Says in the owner's own mark what is damaged, for the next to open the file. */
export function noteDamage(file: string, owner: MarkOwner, damage: string): void {
  if (readMark(file)?.token === owner.token) writeMark(file, { ...owner, damage: cleanLine(damage, 200) })
}

/** Takes the mark away where it is the owner's own. Where the disk keeps it, the next to open the file looks at it. */
export function removeMark(file: string, { token }: Pick<MarkOwner, 'token'>): void {
  withoutThrow(() => {
    if (readMark(file)?.token === token) rmSync(markPath(file), { force: true })
  })
}

function unwritable(path: string, cause: unknown): StoreError {
  return new StoreError(
    `${path} cannot be written beside the state: ${reasonOf(cause)}. Check the disk and the rights of the directory.`,
    { cause },
  )
}

function withoutThrow(work: () => void): void {
  try {
    work()
  } catch {
    // What matters was said, or stands in the file.
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, 1_000)
  } catch {
    return ''
  }
}
