import type { Head } from './head.js'

/** The time of a chain as far as it is believed: what deadlines are counted by. */
export interface ChainClock {
  /** Unix seconds. */
  readonly time: bigint
  /** Host clock, Unix milliseconds, when it last moved. */
  readonly hostTime: number
  /** A block time out of all proportion that was seen once. */
  readonly leap?: bigint
}

// What clocks of hosts and proposers differ by.
const slack = 60n

/**
 * Moves the clock on to the time of a new head. A time that fits the time gone by on this host, or that is no later
 * than the host's own clock, counts at once; any other only when the next reading tells it again: one block with an
 * absurd time ends no delay and forgets nothing, while a test chain that travels in time is followed a poll later.
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

/** The head at the time that is believed. */
export function withBelievedTime(head: Head, { time }: ChainClock): Head {
  return head.timestamp === time ? head : { ...head, timestamp: time }
}
