import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { resetChainError, wentBackText } from '../historyMismatch.js'
import { type BlockHash, type Checkpoint, isSameChain } from './checkpoints.js'

// Servers behind one name differ by a few blocks, on fast chains by more; this many are no coincidence.
export const maxLag = 20n

/** A node that knows nothing of the head that was read before, though its own block is the later one. */
class ContradictedHead extends SourceError {}

/** What was read before, and who may give it up. */
interface Contradiction {
  /** `<host> of <chain>`, for the sentences of failures. */
  readonly place: string
  /** Where the node stands. */
  readonly height: bigint
  readonly mayFall: boolean
  /** The node gives the id of the chain that was read. @defaultValue false */
  readonly isSameId?: boolean
}

/**
 * Gives up the head that was read before: a node stands well below it at a time that is no older, on the same chain.
 *
 * @throws SourceError where the node is on another chain, or on one that began anew; {@link ContradictedHead} where the
 * head may not be given up yet.
 */
export async function giveUpHead(
  { head, checkpoints }: { readonly head: Head; readonly checkpoints: readonly Checkpoint[] },
  hashAt: BlockHash,
  { place, height, mayFall, isSameId }: Contradiction,
): Promise<'fallen'> {
  const same = await isSameChain(checkpoints, height, hashAt)
  // What stands below every block that was read, and more than one was, has begun anew.
  const isAnew = same === 'unknown' && checkpoints.length > 1 && checkpoints.every(({ number }) => number > height)
  if (same === false || isAnew)
    throw resetChainError(
      place,
      checkpoints.findLast(({ number }) => number <= height)?.number ?? head.number,
      isSameId,
    )
  if (!mayFall) throw new ContradictedHead('transient', wentBackText(place, height, head.number), { wentBack: true })
  return 'fallen'
}

/** Passes a look at one node through, and remembers whether it contradicts the head that was read before. */
type Noting = <T>(look: Promise<T>) => Promise<T>

/**
 * Looks at the nodes of a chain, and once more where none of them could be read and one contradicts the head that was
 * read before: only then may that head fall. So one node that says it again keeps it, in whatever order they are asked.
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
