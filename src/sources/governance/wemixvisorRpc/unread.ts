import { isJsonObject } from '../../../domain/text/json.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import { cleanLine } from '../../../domain/text/text.js'
import { type Decoded, idOf } from './decodeProposal.js'

/** What is known of proposals that this reading tells nothing of. */
export interface Unread {
  /** Those it answers for with something that is not understood: they are as they were, but nothing is acted on. */
  readonly garbled: readonly Proposal[]
  /** All of them, as they were. */
  readonly before: readonly Decoded[]
}

/**
 * The proposals of earlier readings that were not read this time. An answer that is not understood is not the last
 * answer, and what is not told is not gone.
 */
export function unreadIn(
  known: readonly Proposal[],
  entries: readonly unknown[],
  read: ReadonlySet<string>,
  readAt: bigint,
): Unread {
  const answers = new Map(entries.flatMap((entry) => answerIn(entry)))
  const left = known.filter(({ id }) => !read.has(id))
  const garbled = left.flatMap((proposal): readonly Proposal[] => {
    const notUnderstood = answers.get(proposal.id)
    return notUnderstood === undefined ? [] : [{ ...proposal, notUnderstood, readAt }]
  })
  return { garbled, before: left.map((proposal) => ({ proposal, isCancellation: false })) }
}

function answerIn(entry: unknown): readonly (readonly [string, string])[] {
  const id = isJsonObject(entry) ? idOf(entry) : undefined
  const status = isJsonObject(entry) ? entry['status'] : undefined
  const word = typeof status === 'string' ? `"${cleanLine(status, 60)}"` : 'no status'
  return id === undefined ? [] : [[id, word]]
}
