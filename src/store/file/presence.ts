import { existsSync, statSync } from 'node:fs'
import { StoreError } from '../../domain/errors.js'
import { holdHeader, type HeldHeader, placeOf } from './heldHeader.js'
import { beatMark, type MarkOwner, noteDamage, removeMark, writeMark } from './openMark.js'

/** How a process that has the state file open appears to others through the mark beside it. */
export interface Presence {
  /** Writes its mark, replacing any other. */
  readonly take: () => void
  /**
   * Signals that it is alive. `now` is Unix milliseconds.
   *
   * @throws StoreError if the open file was lost.
   */
  readonly beat: (now: number) => void
  /** What another process did to the open file; ends the sentence "The state file …". */
  readonly lossReason: () => string | undefined
  /**
   * Removes its mark after the engine has closed the file. If the file was changed by others the mark stays, so that
   * the next process checks the file and knows the damage found.
   */
  readonly leave: (lossReason: string | undefined, damage?: string) => void
}

export const noPresence: Presence = {
  take: () => undefined,
  beat: () => undefined,
  lossReason: () => undefined,
  leave: () => undefined,
}

/** The presence of a reader, which leaves no mark. */
export function readerPresence(path: string): Presence {
  const held = holdHeader(path)
  return { ...noPresence, leave: () => held?.release() }
}

// Distinguishes a writer of this process from an earlier process with the same id, as in containers.
const openHere = new Set<string>()

/** True if a store of this process owns the mark. */
export function isOpenHere({ token }: Pick<MarkOwner, 'token'>): boolean {
  return openHere.has(token)
}

/** The presence of a writer at an open state file. */
export function writerPresence(path: string, owner: MarkOwner): Presence {
  const held = holdHeader(path)
  const first = lookAt(path, held)
  let most = first === 'unknown' ? 0 : (first?.size ?? 0)
  const lossReason = (): string | undefined => {
    // A file that cannot be examined does not count as lost; the engine reports what is wrong with it.
    const found = lookAt(path, held)
    if (found === 'unknown') return undefined
    if (found === undefined || found.isAnother) return 'was deleted or replaced'
    // The engine never shortens the file.
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
      const lost = lossReason()
      if (lost !== undefined) {
        throw new StoreError(
          `The state file ${path} ${lost} while govstream works with it: nothing is kept from here on. ` +
            'Start govstream again; what a new state lacks is read from the chain.',
        )
      }
      beatMark(path, owner, now)
    },
    lossReason: lossReason,
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
