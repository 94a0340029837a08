import { readFileSync } from 'node:fs'

/** A clock that is never set. It runs evenly while the machine is up, for all its processes. */
export interface SteadyClock {
  /** Identifies the boot of the machine; empty if the system has no such id. */
  readonly boot: string
  /** Milliseconds since the boot. */
  readonly now: () => number
}

/** The steady clock of this machine. */
export function machineClock(): SteadyClock {
  return { boot: bootOf(), now: () => Number(process.hrtime.bigint() / 1_000_000n) }
}

function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // Outside Linux a reboot is not detected; afterwards the host clock seems to have been set forward.
    return ''
  }
}
