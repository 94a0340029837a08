import { existsSync, statSync } from 'node:fs'
import { StoreError } from '../../domain/errors.js'
import { holdHeader, type HeldHeader, placeOf } from './heldHeader.js'
import { beatMark, type MarkOwner, noteDamage, removeMark, writeMark } from './openMark.js'

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
   * Takes its mark away: the engine has closed the file. Of one that is not what it was the mark stays: the next to
   * open it looks, and believes what was found damaged.
   */
  readonly leave: (loss: string | undefined, damage?: string) => void
}

export const noPresence: Presence = {
  take: () => undefined,
  beat: () => undefined,
  loss: () => undefined,
  leave: () => undefined,
}

/** The presence of who only reads a state file: nobody is told of it. */
export function readerPresence(path: string): Presence {
  const held = holdHeader(path)
  return { ...noPresence, leave: () => held?.release() }
}

// Tells a writer of this process from an earlier process that had the same id, as containers have.
const openHere = new Set<string>()

/** True where a store of this process owns the mark. */
export function isOpenHere({ token }: Pick<MarkOwner, 'token'>): boolean {
  return openHere.has(token)
}

/** The presence of one owner at a state file that is open. */
export function writerPresence(path: string, owner: MarkOwner): Presence {
  const held = holdHeader(path)
  const first = lookAt(path, held)
  let most = first === 'unknown' ? 0 : (first?.size ?? 0)
  const loss = (): string | undefined => {
    // What cannot be looked at is not known to be lost: the engine says what is wrong with it.
    const found = lookAt(path, held)
    if (found === 'unknown') return undefined
    if (found === undefined || found.isAnother) return 'was deleted or replaced'
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
    leave: (lost, damage) => {
      if (lost === undefined || !existsSync(path)) removeMark(path, owner)
      else if (damage !== undefined) noteDamage(path, owner, damage)
      openHere.delete(owner.token)
      held?.release()
    },
  }
}

interface Look {
  /** It is not the file that was opened. */
  readonly isAnother: boolean
  readonly size: number
  readonly isState: boolean
}

function lookAt(path: string, held: HeldHeader | undefined): Look | 'unknown' | undefined {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (found === undefined) return undefined
    if (held === undefined) return 'unknown'
    return { isAnother: placeOf(found) !== held.place, size: Number(found.size), isState: held.isState() }
  } catch {
    return 'unknown'
  }
}
