import { type BlockTime, etaOf } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import { type ChainPace, latenessOf } from '../blocks/lateness.js'
import { defined } from '../defined.js'
import { isoOf } from '../text/time.js'

/** When a plan is due: at a height, or at a time (Unix seconds) if its chain uses times. */
export interface DueAt {
  readonly height?: number | undefined
  readonly time?: bigint | undefined
}

/** Returns true if the plan has a height. A plan without one is never written. */
export function hasHeight<P extends DueAt>(plan: P): plan is P & { readonly height: number } {
  return plan.height !== undefined
}

/** Returns true once the chain has reached the height minus the lead, or has a block at or after the time. */
export function isReached(
  { height, time }: DueAt,
  { number, timestamp }: Pick<Head, 'number' | 'timestamp'>,
  leadBlocks = 0,
): boolean {
  // The height is compared as a number, because a chain may report one that is not a whole number.
  if (height !== undefined) return number >= height - leadBlocks
  return time !== undefined && timestamp >= time
}

/** Returns true once the chain is past the height or time. A height that is not a number counts as passed. */
export function isPassed({ height, time }: DueAt, { number, timestamp }: Pick<Head, 'number' | 'timestamp'>): boolean {
  if (height !== undefined) return !(height >= number)
  return time !== undefined && timestamp > time
}

/** Returns a value below 0 if the first is due before the second. Plans with a height come before plans with a time. */
export function compareDue(a: DueAt, b: DueAt): number {
  if (a.height !== undefined && b.height !== undefined) return a.height - b.height
  if (a.height !== undefined || b.height !== undefined) return a.height === undefined ? 1 : -1
  return Number((a.time ?? 0n) - (b.time ?? 0n))
}

export function isSameDue(a: DueAt, b: DueAt): boolean {
  // A height may be NaN, for which `===` returns false.
  return Object.is(a.height, b.height) && a.time === b.time
}

/** Returns the key under which plans are equal if they are due together. */
export function dueKey({ height, time }: DueAt): number | bigint | undefined {
  return height ?? time
}

/** Formats the due point for a sentence, after "at": `height 123`, or the time in UTC. */
export function dueText({ height, time }: DueAt): string {
  return height === undefined && time !== undefined ? isoOf(time) : `height ${String(height)}`
}

/** Formats the due point as JSON; one of the two is null. */
export function dueJson({ height, time }: DueAt): { readonly height: number | null; readonly time: string | null } {
  return { height: height ?? null, time: time === undefined ? null : isoOf(time) }
}

/** Formats the due point for the JSON output of commands, with a time only if there is one. */
export function dueView({ height, time }: DueAt): { readonly height: number | null; readonly time?: string } {
  return { height: height ?? null, ...defined({ time: time === undefined ? undefined : isoOf(time) }) }
}

/** Returns the height, or the Unix seconds, which together with the plan's name identify a fact. */
export function dueMark({ height, time }: DueAt): string {
  return String(height ?? time)
}

/** Unix seconds at which the plan is or was due: stated by the plan, or estimated if it has a height. */
export function etaAt(
  { height, time }: DueAt,
  head: Pick<Head, 'number' | 'timestamp'> | undefined,
  blockTime: BlockTime,
): bigint | undefined {
  if (height === undefined) return time
  return Number.isSafeInteger(height) ? etaOf(BigInt(height), head, blockTime) : undefined
}

/** The distance to a plan. Without `blocksLeft` the plan has a time, and `eta` is not an estimate. */
export interface Distance {
  readonly blocksLeft?: bigint
  /** Unix seconds. */
  readonly eta?: bigint
}

/** Returns the distance to a plan that is still ahead; `undefined` once it is reached, or if it is not known. */
export function distanceOf(plan: DueAt, head: Head, blockTime: BlockTime | undefined): Distance | undefined {
  const { height, time } = plan
  if (height === undefined) return time === undefined || isReached(plan, head) ? undefined : { eta: time }
  if (!Number.isSafeInteger(height) || isReached(plan, head)) return undefined
  const eta = blockTime === undefined ? undefined : etaOf(BigInt(height), head, blockTime)
  return { blocksLeft: BigInt(height) - head.number, ...defined({ eta }) }
}

/** Milliseconds of chain time since the plan was due; 0 if that is still ahead, `undefined` if it is not known. */
export function latenessAt({ height, time }: DueAt, pace: ChainPace): number | undefined {
  if (height !== undefined) return Number.isSafeInteger(height) ? latenessOf(BigInt(height), pace) : undefined
  return time === undefined ? undefined : Math.max(0, Number(pace.head.timestamp - time)) * 1000
}

/** Returns true if the chain passed the plan more than `lateLimit` milliseconds ago, or an unknown time ago. */
export function isLongPast(plan: DueAt, pace: ChainPace, lateLimit: number): boolean {
  return (latenessAt(plan, pace) ?? Infinity) > lateLimit
}
