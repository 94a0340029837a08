import type { Head } from './head.js'

/** The time of a chain as far as it is believed. Deadlines are measured by it. */
export interface ChainClock {
  /** Unix seconds. */
  readonly time: bigint
  /** Host clock, Unix milliseconds, when `time` last changed. */
  readonly hostTime: number
  /** An implausible block time that was seen once and is not yet believed. */
  readonly leap?: bigint
}

// Tolerance in seconds for the difference between the clocks of hosts and proposers.
const slack = 60n

/**
 * Moves the clock on to the time of a new head. The time is accepted at once if it fits the time that has passed on
 * this host, or if it is not later than the host's own clock. Any other time is accepted only if the next reading
 * confirms it. One block with an absurd time therefore ends no delay and expires nothing, and a test chain that travels
 * in time is followed one poll later.
 */
export function stepClock(known: ChainClock | undefined, timestamp: bigint, hostTime: number): ChainClock {
  if (known === undefined) return { time: timestamp, hostTime }
  const { time, leap } = known
  const elapsed = BigInt(Math.ceil(Math.max(0, hostTime - known.hostTime) / 1000))
  const isLater = (than: bigint): boolean => timestamp >= than - slack && timestamp <= than + elapsed + slack
  const isPast = timestamp >= time - slack && timestamp <= BigInt(Math.floor(hostTime / 1000)) + slack
  if (isLater(time) || isPast || (leap !== undefined && isLater(leap))) {
    return { time: timestamp, hostTime: timestamp === time ? known.hostTime : hostTime }
  }
  return { time, hostTime: known.hostTime, leap: timestamp }
}

/** Returns the head with the believed time. */
export function withBelievedTime(head: Head, { time }: ChainClock): Head {
  return head.timestamp === time ? head : { ...head, timestamp: time }
}
