/** A block as the monitor sees it. Times are Unix seconds. */
export interface Head {
  readonly number: bigint
  readonly hash: string
  readonly parentHash: string
  readonly timestamp: bigint
}

/**
 * Returns true if both are the same block. It compares number and hash: some servers report no hash, or the same hash
 * for all blocks.
 */
export function isSameBlock(a: Pick<Head, 'number' | 'hash'>, b: Pick<Head, 'number' | 'hash'>): boolean {
  return a.number === b.number && a.hash === b.hash
}
