import type { SyncProgress } from './EvmContext.js'

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
