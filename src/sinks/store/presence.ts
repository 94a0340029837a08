import fs from 'fs-extra'
import { StoreError } from '../../domain/errors.js'
import { beatMark, type MarkOwner, removeMark, writeMark } from './openMark.js'

/** What a process that has the state file open tells others through the mark beside it. */
export interface Presence {
  /** Puts its mark there, in place of any other. */
  readonly take: () => void
  /**
   * Says that it lives. `now` is Unix milliseconds.
   *
   * @throws StoreError where another file, or none, lies where the one that is open was.
   */
  readonly beat: (now: number) => void
  /** Takes its mark away: the file is closed. */
  readonly leave: () => void
}

export const nowhere: Presence = { take: () => undefined, beat: () => undefined, leave: () => undefined }

// Tells a writer of this process from an earlier process that had the same id, as containers have.
const openHere = new Set<string>()

/** True where a store of this process owns the mark. */
export function isOpenHere({ token }: Pick<MarkOwner, 'token'>): boolean {
  return openHere.has(token)
}

/** The presence of one owner at a state file that is open. */
export function presenceAt(path: string, owner: MarkOwner): Presence {
  const opened = placeOf(path)
  return {
    take: () => {
      writeMark(path, owner)
      openHere.add(owner.token)
    },
    beat: (now) => {
      if (placeOf(path) !== opened) {
        throw new StoreError(
          `The state file ${path} was deleted or replaced while govstream works with it: nothing is kept from here on. ` +
            'Start govstream again; what a new state lacks is read from the chain.',
        )
      }
      beatMark(path, owner, now)
    },
    leave: () => {
      removeMark(path, owner)
      openHere.delete(owner.token)
    },
  }
}

/** What tells one file from another at the same path. */
function placeOf(path: string): string | undefined {
  const found = fs.statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? undefined : `${found.dev}:${found.ino}`
}
