import { type BlockTime, etaOf } from './blockTime.js'
import type { Head } from './head.js'

export interface ChainPace {
  readonly head: Head
  readonly blockTime?: BlockTime | undefined
}

/**
 * Milliseconds of chain time since the block of this height: 0 where it is the head or still to come, `undefined`
 * where the pace of the chain is not known. Exact where that block was read, else by the pace, and never more than
 * since the last block that was read below it.
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

/** What is known where a height came by while nobody watched. */
export interface Absence extends ChainPace {
  /** Host clock, Unix milliseconds. */
  readonly hostTime: number
  /** The last reading before, and its host time. */
  readonly caughtUpAt: { readonly head: bigint; readonly time: number }
}

/**
 * Milliseconds for which nobody watched: by the clock of the host, or by that of the chain where that says less. That
 * of the host may have been set meanwhile, and that of a test chain travels.
 */
export function absenceOf({ head, blockTime, hostTime, caughtUpAt }: Absence): number {
  const byHost = hostTime - caughtUpAt.time
  const before = blockTime?.samples.findLast(({ number }) => number <= caughtUpAt.head)
  return before === undefined ? byHost : Math.min(byHost, Number(head.timestamp - before.timestamp) * 1000)
}

/**
 * True where a height came by longer ago than `limit` (milliseconds) in an absence that was longer, too. Both clocks
 * have to say so.
 */
export function isLongMissed(height: bigint, absence: Absence, limit: number): boolean {
  return absenceOf(absence) > limit && (latenessOf(height, absence) ?? Infinity) > limit
}
