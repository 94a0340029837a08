import { readFileSync } from 'node:fs'

/** A clock that nobody sets: it goes on evenly for as long as the machine runs, over every process of it. */
export interface SteadyClock {
  /** Names the start of the machine that it counts from; empty where the system has no name for it. */
  readonly boot: string
  /** Milliseconds since then. */
  readonly now: () => number
}

/** That of this machine. */
export function machineClock(): SteadyClock {
  return { boot: bootOf(), now: () => Number(process.hrtime.bigint() / 1_000_000n) }
}

function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // No Linux. Where the machine was started anew, the clock then seems to have been set forward.
    return ''
  }
}
