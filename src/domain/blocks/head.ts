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

const isHex = /^[0-9a-f]+$/

/**
 * Returns the hash of a block in the form in which nodes can be compared: some servers write `0x` or capitals. Returns
 * `undefined` for what replaces the hash of a block that a server reports without one.
 */
export function comparableHash({ hash }: Pick<Head, 'hash'>): string | undefined {
  const hex = hash.toLowerCase().replace(/^0x/, '')
  return isHex.test(hex) ? hex : undefined
}
