import { randomUUID } from 'node:crypto'
import * as z from 'zod/mini'
import { StoreError } from '../domain/errors.js'
import type { Store } from './Store.js'
import { type Ended, type FoundMark, hasEnded, silenceMs } from './file/openMark.js'
import type { Sql } from './sql.js'

const claimRow = z.object({ token: z.string(), pid: z.number(), host: z.string(), beat: z.number() })

// Distinguishes another store of this process from an earlier process with the same id, as in containers.
const heldHere = new Set<string>()

/** Identifies this process, and tells whether another process on the same host is alive. */
interface Claimant {
  readonly pid: number
  readonly host: string
  readonly isAlive: (pid: number) => boolean
  readonly ended: Ended | undefined
  /** Reads the mark beside the file. Its owner touches it even while it cannot write the file. */
  readonly mark: () => FoundMark | undefined
}

/** The right to write, held by one process at a time. */
interface Claim extends Pick<Store, 'claim' | 'holder' | 'beat' | 'release'> {
  /** @throws StoreError if this store held the claim and another process has taken it since. */
  readonly requireKept: () => void
  /** False if another process has taken the claim of this store. */
  readonly isKept: () => boolean
  /** True while this store believes that it has the claim, and therefore beats. */
  readonly isHeld: () => boolean
}

type Holder = z.infer<typeof claimRow>

/** Creates the claim on a state file for one store of this process. */
export function claim(sql: Sql, claimant: Claimant): Claim {
  const { pid, host } = claimant
  const token = randomUUID()
  const holder = (): Holder | undefined => sql.all(claimRow, 'SELECT token, pid, host, beat FROM claim')[0]

  const requireKept = (): void => {
    if (!heldHere.has(token)) return
    const found = holder()
    if (found?.token === token) return
    throw new StoreError(
      `The state file ${sql.file} was taken over by process ${found?.pid ?? 'unknown'}, because this one was silent for more than ` +
        `${silenceMs / 1000} s: it must not write any more. Stop one of the two.`,
    )
  }

  return {
    claim: (now) =>
      sql.transaction(() => {
        const found = holder()
        if (found !== undefined && found.token !== token && lives(found, now, claimant)) return { pid: found.pid }
        sql.run(
          'INSERT OR REPLACE INTO claim (one, token, pid, host, beat) VALUES (1, ?, ?, ?, ?)',
          token,
          pid,
          host,
          now,
        )
        heldHere.add(token)
        return undefined
      }),

    holder: (now) => {
      const found = holder()
      if (found === undefined || !lives(found, now, claimant)) return undefined
      return { pid: found.pid, ...(cannotWrite(found, now, claimant) && { lockedSince: Math.min(found.beat, now) }) }
    },

    beat: (now) => {
      requireKept()
      sql.run('UPDATE claim SET beat = ? WHERE token = ?', now, token)
    },

    release: () => {
      if (!heldHere.has(token)) return
      try {
        sql.run('DELETE FROM claim WHERE token = ?', token)
      } finally {
        heldHere.delete(token)
      }
    },

    requireKept,
    isKept: () => !heldHere.has(token) || holder()?.token === token,
    isHeld: () => heldHere.has(token),
  }
}

function lives(other: Holder, now: number, claimant: Claimant): boolean {
  const { pid, host, isAlive, ended } = claimant
  // A beat far in the future comes from a clock that was set back since, because a live holder beats every second.
  if (hasEnded(ended, other) || (!isFresh(other.beat, now) && !cannotWrite(other, now, claimant))) return false
  if (other.host !== host) return true
  return other.pid === pid ? heldHere.has(other.token) : isAlive(other.pid)
}

/** True if a holder signals every second that it is alive but cannot write that into the file. */
function cannotWrite(other: Holder, now: number, { mark }: Pick<Claimant, 'mark'>): boolean {
  if (isFresh(other.beat, now)) return false
  const found = mark()
  return found !== undefined && found.pid === other.pid && found.host === other.host && isFresh(found.beat, now)
}

function isFresh(beat: number, now: number): boolean {
  return Math.abs(now - beat) < silenceMs
}
