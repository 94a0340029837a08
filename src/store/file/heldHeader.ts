import { type BigIntStats, closeSync, openSync, readSync, statSync } from 'node:fs'
import { isStateHeader } from './migrate.js'

/** A state file that is open in this process, distinguishable from others at its path. */
export interface HeldHeader {
  readonly place: string
  /** True if its first bytes are those of a govstream state file. */
  readonly isState: () => boolean
  /** Call this once, after the engine has closed the file. */
  readonly release: () => void
}

interface Watched {
  readonly descriptor: number
  holders: number
}

// One entry for each open file. Each file has one descriptor here, closed only after the engine has closed the file:
// closing any descriptor releases all locks of this process on the file, including those of the engine, and another
// process that then closes the file would delete the journal that this one still writes.
const watched = new Map<string, Watched>()

/** Identifies a file, to distinguish it from another one at the same path. */
export function placeOf({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`
}

/** Opens a state file to observe its first bytes. Undefined if it cannot be opened. */
export function holdHeader(path: string): HeldHeader | undefined {
  try {
    const place = placeOf(statSync(path, { bigint: true }))
    const found = watched.get(place) ?? { descriptor: openSync(path, 'r'), holders: 0 }
    watched.set(place, found)
    found.holders += 1
    return {
      place,
      isState: () => {
        const header = Buffer.alloc(100)
        return isStateHeader(header.subarray(0, readSync(found.descriptor, header, 0, header.length, 0)))
      },
      release: () => {
        found.holders -= 1
        if (found.holders > 0) return
        watched.delete(place)
        closeSync(found.descriptor)
      },
    }
  } catch {
    return undefined
  }
}
