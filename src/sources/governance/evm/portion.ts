import type { SyncProgress } from './context.js'

// Maximum number of logs, and maximum time in milliseconds, of one portion of a long history.
const maxLogs = 2_000
const maxMs = 5_000

/** True if a portion of a long history has to end, because of the number of logs or the time. */
export function isPortionFull(logs: number, elapsedMs: number): boolean {
  return logs >= maxLogs || elapsedMs >= maxMs
}

/** The progress of a portion after `elapsedMs`: it has read blocks `from` to `to` on the way to `target`. */
export function progressOf(chain: string, from: bigint, to: bigint, target: bigint, elapsedMs: number): SyncProgress {
  const done = to - from + 1n
  const toGo = target - to
  const blocksPerSecond = elapsedMs > 0 ? (Number(done) * 1000) / elapsedMs : undefined
  return {
    chain,
    from,
    done,
    toGo,
    ...(blocksPerSecond !== undefined && { blocksPerSecond, secondsLeft: Number(toGo) / blocksPerSecond }),
  }
}

// Number of blocks that is enough to measure the block time.
const paceBlocks = 100n

/**
 * An earlier block that is read together with a first reading. With it the block time is known from then on, and how
 * long ago a past height was reached.
 */
export function paceBlock(target: bigint): bigint {
  return target > paceBlocks ? target - paceBlocks : 0n
}
