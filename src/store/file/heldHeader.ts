import { type BigIntStats, closeSync, openSync, readSync, statSync } from 'node:fs'
import { isStateHeader } from './migrate.js'

/** A state file that is open here, told from others at its path. */
export interface HeldHeader {
  readonly place: string
  /** Its first bytes are those of a state of ours. */
  readonly isState: () => boolean
  /** To be called once, after the engine has closed the file. */
  readonly release: () => void
}

interface Watched {
  readonly descriptor: number
  holders: number
}

// One a file that is open here. A file has one descriptor of ours, closed once the engine has none: to close any of
// them takes away all locks that this process has on the file, those of the engine too, and another process that closes
// the file then throws away the journal that this one still writes.
const watched = new Map<string, Watched>()

/** What tells one file from another at the same path. */
export function placeOf({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`
}

/** Keeps an eye on the first bytes of a state file. `undefined` where it cannot be looked at. */
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
