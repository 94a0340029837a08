import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { resetChainError, wentBackText } from '../historyMismatch.js'
import { type BlockHash, type Checkpoint, isSameChain } from './checkpoints.js'

// Maximum lag of a server, in blocks. Servers behind one name differ by a few blocks, on fast chains by more.
export const maxLag = 20n

/** A node does not know the head that was read before, although its own block has a later time. */
class ContradictedHead extends SourceError {}

/** A node below the head that was read before, and whether that head may be given up. */
interface Contradiction {
  /** `<host> of <chain>`, for error messages. */
  readonly place: string
  /** The height of the node. */
  readonly height: bigint
  readonly mayFall: boolean
  /** True if the node reports the id of the chain that was read. @defaultValue false */
  readonly isSameId?: boolean
  /** True if the node has the oldest block that was seen before. @defaultValue false */
  readonly hasFirst?: boolean
  /** How many checkpoints one reading may have left. @defaultValue 1 */
  readonly ofFirstReading?: number
}

/**
 * Gives up the head that was read before: a node of the same chain is well below it, at a time that is no older.
 *
 * @throws SourceError if the node is on another chain or the chain was restarted; {@link ContradictedHead} if the head
 *   may not be given up yet.
 */
export async function abandonHead(
  { head, checkpoints }: { readonly head: Head; readonly checkpoints: readonly Checkpoint[] },
  hashAt: BlockHash,
  { place, height, mayFall, isSameId, hasFirst = false, ofFirstReading = 1 }: Contradiction,
): Promise<'fallen'> {
  const same = hasFirst || (await isSameChain(checkpoints, height, hashAt))
  // If the node is below every checkpoint, and several readings left them, the chain was restarted.
  const isAnew =
    same === 'unknown' && checkpoints.length > ofFirstReading && checkpoints.every(({ number }) => number > height)
  if (same === false || isAnew)
    throw resetChainError(
      place,
      checkpoints.findLast(({ number }) => number <= height)?.number ?? head.number,
      isSameId,
    )
  if (!mayFall) throw new ContradictedHead('transient', wentBackText(place, height, head.number), { wentBack: true })
  return 'fallen'
}

/** Passes on the result of a request to one node, and records whether it contradicts the head that was read before. */
type Noting = <T>(look: Promise<T>) => Promise<T>

/**
 * Asks the nodes of a chain. If none can be read and one contradicts the head that was read before, asks once more and
 * lets that head fall. So a single node that still confirms the head keeps it, in whatever order the nodes are asked.
 */
export async function lookAgainIfContradicted<T>(
  look: (mayFall: boolean, noting: Noting) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let isContradicted = false
  const noting: Noting = (seen) =>
    seen.catch((cause: unknown) => {
      isContradicted ||= cause instanceof ContradictedHead
      throw cause
    })
  return look(false, noting).catch((cause: unknown) => {
    if (!isContradicted || signal.aborted) throw cause
    return look(true, noting)
  })
}
