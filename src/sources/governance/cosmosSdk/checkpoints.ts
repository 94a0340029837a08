import type { Head } from '../../../domain/blocks/head.js'

/** A block that the reader was at. */
export interface Checkpoint {
  readonly number: bigint
  readonly hash: string
}

const most = 16

/**
 * Adds the current block; returns the oldest checkpoint and the fifteen newest, oldest first. Checkpoints at or above
 * the block are dropped, because they were never on this chain. A block without a known hash is not added.
 */
export function addCheckpoint(known: readonly Checkpoint[], { number, hash }: Checkpoint): readonly Checkpoint[] {
  const below = known.filter((checkpoint) => checkpoint.number < number)
  const all = isPlaceholder(hash) ? below : [...below, { number, hash }]
  return all.length <= most ? all : [...all.slice(0, 1), ...all.slice(1 - most)]
}

/** Takes the place of the hash of a block if no server reports it. */
export function placeholderHash(height: bigint): string {
  return `height-${height}`
}

export function isPlaceholder(hash: string): boolean {
  return hash.startsWith('height-')
}

/** Returns the hash of a node's block at a height, for comparison with the checkpoints. */
export type BlockHash = (height: bigint) => Promise<string | undefined>

const mostAsked = 3

/**
 * Whether a node is on the chain that was read before, according to its blocks at the newest checkpoints it can have.
 * One match is enough, because a single hash may have been reported wrong. `unknown` if nothing can be compared.
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

/** Maximum block rate, in blocks per second. A head further away than this allows never existed. */
const fastest = 100n
const slack = 100_000n

/** True if the height cannot have been reached since `base`. Without `base`, the rate is applied from 1970 on. */
export function isUnreachable(
  height: bigint,
  base: { readonly number: bigint; readonly timestamp: bigint } | undefined,
  nowMs: number,
): boolean {
  const { number, timestamp } = base ?? { number: 0n, timestamp: 0n }
  const seconds = BigInt(Math.floor(nowMs / 1000)) - timestamp
  return height > number + (seconds > 0n ? seconds : 0n) * fastest + slack
}

// Maximum number of seconds a block may be ahead of the host's clock; a later one was made up.
const maxAheadSeconds = 3_600n

/** True if an earlier head cannot have existed: it is in the future, or too far above the current block of a node. */
export function isImpossibleHead(
  mark: Pick<Head, 'number' | 'timestamp'>,
  now: Pick<Head, 'number' | 'timestamp'>,
  nowMs: number,
): boolean {
  return mark.timestamp > BigInt(Math.floor(nowMs / 1000)) + maxAheadSeconds || isUnreachable(mark.number, now, nowMs)
}
