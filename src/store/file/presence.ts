import fs from 'fs-extra'
import { StoreError } from '../../domain/errors.js'
import { isStateHeader } from './migrate.js'
import { beatMark, type MarkOwner, removeMark, writeMark } from './openMark.js'

/** What a process that has the state file open tells others through the mark beside it. */
export interface Presence {
  /** Puts its mark there, in place of any other. */
  readonly take: () => void
  /**
   * Says that it lives. `now` is Unix milliseconds.
   *
   * @throws StoreError where the file that is open is lost.
   */
  readonly beat: (now: number) => void
  /** What somebody else did to the file that is open; ends the sentence "The state file …". */
  readonly loss: () => string | undefined
  /**
   * Takes its mark away: the file is closed. Of one that is not what it was the mark stays: the next to open it looks.
   */
  readonly leave: (loss: string | undefined) => void
}

export const nowhere: Presence = {
  take: () => undefined,
  beat: () => undefined,
  loss: () => undefined,
  leave: () => undefined,
}

// Tells a writer of this process from an earlier process that had the same id, as containers have.
const openHere = new Set<string>()

/** True where a store of this process owns the mark. */
export function isOpenHere({ token }: Pick<MarkOwner, 'token'>): boolean {
  return openHere.has(token)
}

/** The presence of one owner at a state file that is open. */
export function presenceAt(path: string, owner: MarkOwner): Presence {
  const first = lookAt(path)
  const opened = first === 'unknown' ? undefined : first
  let most = opened?.size ?? 0
  const loss = (): string | undefined => {
    // What cannot be looked at is not known to be lost: the engine says what is wrong with it.
    const found = lookAt(path)
    if (found === 'unknown') return undefined
    if (found === undefined || (opened !== undefined && found.place !== opened.place)) return 'was deleted or replaced'
    // The engine never makes it shorter.
    if (found.size < most || !found.isState) return 'was cut off or overwritten'
    most = found.size
    return undefined
  }
  return {
    take: () => {
      writeMark(path, owner)
      openHere.add(owner.token)
    },
    beat: (now) => {
      const lost = loss()
      if (lost !== undefined) {
        throw new StoreError(
          `The state file ${path} ${lost} while govstream works with it: nothing is kept from here on. ` +
            'Start govstream again; what a new state lacks is read from the chain.',
        )
      }
      beatMark(path, owner, now)
    },
    loss,
    leave: (lost) => {
      if (lost === undefined || !fs.pathExistsSync(path)) removeMark(path, owner)
      openHere.delete(owner.token)
    },
  }
}

interface Look {
  /** What tells one file from another at the same path. */
  readonly place: string
  readonly size: number
  /** Its first bytes are those of a state of ours. */
  readonly isState: boolean
}

function lookAt(path: string): Look | 'unknown' | undefined {
  try {
    const found = fs.statSync(path, { bigint: true, throwIfNoEntry: false })
    if (found === undefined) return undefined
    return { place: `${found.dev}:${found.ino}`, size: Number(found.size), isState: isStateHeader(headerOf(path)) }
  } catch {
    return 'unknown'
  }
}

function headerOf(path: string): Buffer {
  const header = Buffer.alloc(100)
  const file = fs.openSync(path, 'r')
  try {
    return header.subarray(0, fs.readSync(file, header, 0, header.length, 0))
  } finally {
    fs.closeSync(file)
  }
}
