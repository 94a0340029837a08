import { type BlockTime, etaOf } from './blockTime.js'
import type { Head } from './head.js'

export interface ChainPace {
  readonly head: Head
  readonly blockTime?: BlockTime | undefined
}

/**
 * Milliseconds of chain time since the block of this height. Returns 0 if that block is the head or still to come. The
 * result is exact if the block was read. Otherwise it is estimated from the pace, and is never more than the time since
 * the last block that was read below the height. Returns `undefined` if there is neither a pace nor such a block.
 */
export function latenessOf(height: bigint, { head, blockTime }: ChainPace): number | undefined {
  if (height >= head.number) return 0
  const samples = blockTime?.samples ?? []
  const before = samples.findLast(({ number }) => number <= height)
  const since = before === undefined ? undefined : head.timestamp - before.timestamp
  const eta = before?.number === height || blockTime === undefined ? undefined : etaOf(height, head, blockTime)
  const estimated = eta === undefined ? since : head.timestamp - eta
  if (estimated === undefined) return undefined
  const late = since !== undefined && since < estimated ? since : estimated
  return Math.max(0, Number(late)) * 1000
}

/** What is known when a height was passed while the monitor was not watching. */
export interface Absence extends ChainPace {
  /** Host clock, Unix milliseconds. */
  readonly hostTime: number
  /** The last caught-up reading before the absence, and its host time. */
  readonly caughtUpAt: { readonly head: bigint; readonly time: number }
}

/**
 * Milliseconds for which the monitor was not watching, by the clock of the host or by that of the chain, whichever is
 * less. The host's clock may have been set meanwhile, and the clock of a test chain can jump.
 */
export function absenceOf({ head, blockTime, hostTime, caughtUpAt }: Absence): number {
  const byHost = hostTime - caughtUpAt.time
  const before = blockTime?.samples.findLast(({ number }) => number <= caughtUpAt.head)
  return before === undefined ? byHost : Math.min(byHost, Number(head.timestamp - before.timestamp) * 1000)
}

/**
 * Returns true if a height was passed more than `limit` milliseconds ago, during an absence longer than `limit`. Both
 * clocks have to confirm it.
 */
export function isLongMissed(height: bigint, absence: Absence, limit: number): boolean {
  return absenceOf(absence) > limit && (latenessOf(height, absence) ?? Infinity) > limit
}
