import { SourceError } from '../../domain/errors.js'

/** What is said of a node that stands below what was read: both heights, and what may be the cause. */
export function wentBackText(place: string, to: bigint, from: bigint): string {
  return `${place} went back: it answers with block ${to}, behind block ${from} that was read before. Another node may serve behind the same address, or this one was reset or rolled back.`
}

/**
 * Permanent: a node of another chain than the one that was read. `place` is `<host> of <chain>`, `height` the newest
 * block that differs. `isSameId`: the node gives the id of that chain.
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
