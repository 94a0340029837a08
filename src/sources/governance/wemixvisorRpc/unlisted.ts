import type { Proposal } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import type { JsonRpcAnswer } from '../../jsonRpc/matchAnswers.js'
import { type Decoded, idOf } from './toProposal.js'

/** The open proposals that are in no list any more. */
export interface Unlisted {
  /** Those that the node has not known for so long that they are gone. */
  readonly retracted: readonly Proposal[]
  /** Ids of the others that it does not know this time. */
  readonly absent: readonly string[]
  /** The others, as the node tells them. */
  readonly entries: readonly unknown[]
}

/** What became of the open proposals that are in no list any more. */
export function sortUnlisted(
  missing: readonly Proposal[],
  answers: readonly JsonRpcAnswer[],
  doubted: ReadonlySet<string>,
): Unlisted {
  const retracted: Proposal[] = []
  const absent: string[] = []
  const entries: unknown[] = []
  for (const [at, proposal] of missing.entries()) {
    const answer = answers[at]
    if (answer === undefined) continue
    // The answer tells no height: the node may be an old one behind a balancer.
    if (isUnknown(answer)) {
      if (doubted.has(proposal.id)) retracted.push(proposal)
      else absent.push(proposal.id)
    } else if (answer.ok) entries.push(entryFor(proposal, answer.result))
    else throw answer.error
  }
  return { retracted, absent, entries }
}

/** An answer about another proposal, or about none, is one that is not understood. */
function entryFor({ id }: Proposal, result: unknown): unknown {
  const entry = proposalIn(result)
  return isJsonObject(entry) && idOf(entry) === id ? entry : { proposal_id: id }
}

/** True where a node says that there is no such proposal: with nothing, or with an error in its own words. */
export function isUnknown(answer: JsonRpcAnswer): boolean {
  return answer.ok
    ? isNothing(answer.result)
    : /not found|no such|does ?n[o']t exist|unknown proposal|not exist/i.test(answer.error.message) &&
        answer.error.code !== -32601
}

/** Nothing in so many words; an answer about something else says nothing of it. */
function isNothing(result: unknown): boolean {
  if (!isJsonObject(result)) return (result ?? null) === null
  return Object.keys(result).length === 0 || result['proposal'] === null
}

export function proposalIn(result: unknown): unknown {
  return isJsonObject(result) ? result['proposal'] : undefined
}

/** What is known of proposals that this reading tells nothing of. */
interface Unread {
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
