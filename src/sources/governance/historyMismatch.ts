import { SourceError } from '../../domain/errors.js'

/** The error text for a node that is behind the block that was read: both heights, and possible causes. */
export function wentBackText(place: string, to: bigint, from: bigint): string {
  return `${place} went back: it answers with block ${to}, behind block ${from} that was read before. Another node may serve the same address, or this one was reset or rolled back.`
}

/**
 * A permanent error: the node serves another chain than the one that was read. `place` is `<host> of <chain>`, `height`
 * the newest block that differs. `isSameId` is true if the node reports the same chain id.
 */
export function resetChainError(place: string, height: bigint | undefined, isSameId = false): SourceError {
  const where = height === undefined ? '' : ` at block ${height}`
  const id = isSameId ? ' under the same id' : ''
  return new SourceError(
    'permanent',
    `The history at ${place} differs from what was recorded${where}: ` +
      `it is another chain or one that was reset${id}. Check rpc.urls, or start with a new state file.`,
  )
}
