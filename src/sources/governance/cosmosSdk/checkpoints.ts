import type { Head } from '../../../domain/blocks/head.js'

/** A block the reader has stood at. */
export interface Checkpoint {
  readonly number: bigint
  readonly hash: string
}

const most = 16

/**
 * Adds the block the reader stands at, oldest first: the very first one and the fifteen newest. What lies at or above
 * it was never on this chain. A block whose hash nobody told is none to compare with.
 */
export function addCheckpoint(known: readonly Checkpoint[], { number, hash }: Checkpoint): readonly Checkpoint[] {
  const below = known.filter((checkpoint) => checkpoint.number < number)
  const all = isPlaceholder(hash) ? below : [...below, { number, hash }]
  return all.length <= most ? all : [...all.slice(0, 1), ...all.slice(1 - most)]
}

/** What stands for the hash of a block where nobody tells it. */
export function placeholderHash(height: bigint): string {
  return `height-${height}`
}

export function isPlaceholder(hash: string): boolean {
  return hash.startsWith('height-')
}

/** What is compared with the past, of a node that is asked for its block at a height. */
export type BlockHash = (height: bigint) => Promise<string | undefined>

const mostAsked = 3

/**
 * Whether a node is on the chain that was read before, by its blocks at the newest checkpoints it can have. One that
 * is the same is enough: a single hash may have been told wrong. `unknown` where there is nothing to compare.
 */
export async function isSameChain(
  checkpoints: readonly Checkpoint[],
  head: bigint,
  hashAt: BlockHash,
): Promise<boolean | 'unknown'> {
  const within = checkpoints.filter(({ number, hash }) => number <= head && !isPlaceholder(hash)).reverse()
  const [oldest] = within.slice(-1)
  const asked = within.length <= mostAsked || oldest === undefined ? within : [...within.slice(0, mostAsked), oldest]
  let compared = false
  for (const { number, hash } of asked) {
    const found = await hashAt(number)
    if (found === hash) return true
    compared ||= found !== undefined
  }
  return compared ? false : 'unknown'
}

/** Blocks a second that no chain makes: a head that is further away than that was never there. */
const fastest = 100n
const slack = 100_000n

/**
 * True for a height that cannot have been reached since `base`, which is the beginning of time where nothing is known.
 */
export function isUnreachable(
  height: bigint,
  base: { readonly number: bigint; readonly timestamp: bigint } | undefined,
  nowMs: number,
): boolean {
  const { number, timestamp } = base ?? { number: 0n, timestamp: 0n }
  const seconds = BigInt(Math.floor(nowMs / 1000)) - timestamp
  return height > number + (seconds > 0n ? seconds : 0n) * fastest + slack
}

// A block from further ahead of the host's clock was made up.
const maxAheadSeconds = 3_600n

/**
 * True for a head of then that cannot have been one: it lies in the future, or too far above the block a node has now.
 */
export function isImpossibleHead(
  mark: Pick<Head, 'number' | 'timestamp'>,
  now: Pick<Head, 'number' | 'timestamp'>,
  nowMs: number,
): boolean {
  return mark.timestamp > BigInt(Math.floor(nowMs / 1000)) + maxAheadSeconds || isUnreachable(mark.number, now, nowMs)
}
