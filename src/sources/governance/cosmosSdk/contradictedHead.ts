import { SourceError } from '../../../domain/errors.js'

// Servers behind one name differ by a few blocks, on fast chains by more; this many are no coincidence.
export const maxLag = 20n

/** A node that knows nothing of the head that was read before, though its own block is the later one. */
export class ContradictedHead extends SourceError {}

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
