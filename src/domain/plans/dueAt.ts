import { type BlockTime, etaOf } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import { type ChainPace, latenessOf } from '../blocks/lateness.js'
import { defined } from '../defined.js'
import { isoOf } from '../text/time.js'

/** When a plan is due: at a height, or at a time (Unix seconds) where its chain counts in times. */
export interface DueAt {
  readonly height?: number | undefined
  readonly time?: bigint | undefined
}

/** True of a plan that has a height: no other is ever written. */
export function hasHeight<P extends DueAt>(plan: P): plan is P & { readonly height: number } {
  return plan.height !== undefined
}

/** True once the chain stands at the height, less the lead; or at the first block of the time, or a later one. */
export function isReached(
  { height, time }: DueAt,
  { number, timestamp }: Pick<Head, 'number' | 'timestamp'>,
  leadBlocks = 0,
): boolean {
  // What a chain tells may be no whole number.
  if (height !== undefined) return number >= height - leadBlocks
  return time !== undefined && timestamp >= time
}

/** True once the chain has gone on from there. A height that is no number is behind. */
export function isPassed({ height, time }: DueAt, { number, timestamp }: Pick<Head, 'number' | 'timestamp'>): boolean {
  if (height !== undefined) return !(height >= number)
  return time !== undefined && timestamp > time
}

/** Below 0 where the first is due before the second. At one chain heights come before times, which are rare there. */
export function compareDue(a: DueAt, b: DueAt): number {
  if (a.height !== undefined && b.height !== undefined) return a.height - b.height
  if (a.height !== undefined || b.height !== undefined) return a.height === undefined ? 1 : -1
  return Number((a.time ?? 0n) - (b.time ?? 0n))
}

export function isSameDue(a: DueAt, b: DueAt): boolean {
  // A height that is no number is kept as NaN, which `===` finds different from itself.
  return Object.is(a.height, b.height) && a.time === b.time
}

/** The place of a plan among others: the same for those that are due together. */
export function dueKey({ height, time }: DueAt): number | bigint | undefined {
  return height ?? time
}

/** As it stands in a sentence, after "at": `height 123`, or the time in UTC. */
export function dueText({ height, time }: DueAt): string {
  return height === undefined && time !== undefined ? isoOf(time) : `height ${String(height)}`
}

/** As it stands in JSON: one of both is null. */
export function dueJson({ height, time }: DueAt): { readonly height: number | null; readonly time: string | null } {
  return { height: height ?? null, time: time === undefined ? null : isoOf(time) }
}

/** As it stands in the JSON of commands: a time only where it has one. */
export function dueView({ height, time }: DueAt): { readonly height: number | null; readonly time?: string } {
  return { height: height ?? null, ...defined({ time: time === undefined ? undefined : isoOf(time) }) }
}

/** As it stands after the name of a plan, where both tell a fact from others: the height, or the Unix seconds. */
export function dueMark({ height, time }: DueAt): string {
  return String(height ?? time)
}

/** Unix seconds at which it is due, or was: told by the plan, or estimated where it counts in blocks. */
export function etaAt(
  { height, time }: DueAt,
  head: Pick<Head, 'number' | 'timestamp'> | undefined,
  blockTime: BlockTime,
): bigint | undefined {
  if (height === undefined) return time
  return Number.isSafeInteger(height) ? etaOf(BigInt(height), head, blockTime) : undefined
}

/** How far a plan is off. Without `blocksLeft` it counts in times, and its `eta` is no estimate. */
export interface Distance {
  readonly blocksLeft?: bigint
  /** Unix seconds. */
  readonly eta?: bigint
}

/** How far off a plan is that lies ahead; `undefined` once it is reached, and where nobody can tell. */
export function distanceOf(plan: DueAt, head: Head, blockTime: BlockTime | undefined): Distance | undefined {
  const { height, time } = plan
  if (height === undefined) return time === undefined || isReached(plan, head) ? undefined : { eta: time }
  if (!Number.isSafeInteger(height) || isReached(plan, head)) return undefined
  const eta = blockTime === undefined ? undefined : etaOf(BigInt(height), head, blockTime)
  return { blocksLeft: BigInt(height) - head.number, ...defined({ eta }) }
}

/** Milliseconds of chain time since it was due; 0 where that is still to come, `undefined` where nobody can tell. */
export function latenessAt({ height, time }: DueAt, pace: ChainPace): number | undefined {
  if (height !== undefined) return Number.isSafeInteger(height) ? latenessOf(BigInt(height), pace) : undefined
  return time === undefined ? undefined : Math.max(0, Number(pace.head.timestamp - time)) * 1000
}

/**
 * True where the chain has left a plan behind by more than `lateLimit` (milliseconds): it is history. So is one that is
 * behind by a time that nobody can tell.
 */
export function isLongPast(plan: DueAt, pace: ChainPace, lateLimit: number): boolean {
  return (latenessAt(plan, pace) ?? Infinity) > lateLimit
}
