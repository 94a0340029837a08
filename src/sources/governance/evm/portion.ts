import type { SyncProgress } from './context.js'

// What one portion of a long history holds at most.
const maxLogs = 2_000
const maxMs = 5_000

/** True where a portion of a long history is to end: it has read so many logs, or for so many milliseconds. */
export function isPortionFull(logs: number, elapsedMs: number): boolean {
  return logs >= maxLogs || elapsedMs >= maxMs
}

/** How far a portion has come after `elapsedMs`: blocks `from` to `to` of those up to `target`. */
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

// Enough blocks to tell how fast they come.
const paceBlocks = 100n

/**
 * A block below, read beside a first reading: so the pace of the chain is known from then on, and how long a height
 * that is behind has been so.
 */
export function paceBlock(target: bigint): bigint {
  return target > paceBlocks ? target - paceBlocks : 0n
}
