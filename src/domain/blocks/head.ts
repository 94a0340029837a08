/** A block as the monitor sees it. Heights and times are bigints; times are Unix seconds. */
export interface Head {
  readonly number: bigint
  readonly hash: string
  readonly parentHash: string
  readonly timestamp: bigint
}

/** True for one and the same block. Number and hash together: some servers tell no hash, or the same one for all. */
export function isSameBlock(a: Pick<Head, 'number' | 'hash'>, b: Pick<Head, 'number' | 'hash'>): boolean {
  return a.number === b.number && a.hash === b.hash
}
