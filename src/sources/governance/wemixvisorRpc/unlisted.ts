import type { Head } from '../../../domain/blocks/head.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import type { JsonRpcAnswer } from '../../jsonRpc/matchAnswers.js'
import { provenIn } from '../cosmosSdk/doubts.js'
import type { ReadRequest } from '../GovernanceReader.js'
import type { Cursor } from './cursor.js'
import { contract, type Decoded, idOf } from './toProposal.js'

/** The open proposals that are no longer in any list. */
export interface Unlisted {
  /** Proposals that the node has not known for so long that they count as gone. */
  readonly retracted: readonly Proposal[]
  /** Ids of the other proposals that the node does not know this time. */
  readonly absent: readonly string[]
  /** The remaining proposals, as the node returns them. */
  readonly entries: readonly unknown[]
}

// Maximum number of proposals that the other nodes are asked about in one reading. The others wait.
const mostAsked = 20

/**
 * Returns those of the requested ids that have been unknown for so long that they count as gone if they are unknown
 * again. If several nodes must agree, enough of them must not know the proposal: what it cancelled, or what cancelled
 * its plan, would be forgotten with it.
 */
export async function provenUnknown(
  ids: readonly string[],
  stored: Pick<Cursor, 'absent'> | undefined,
  head: Head,
  isKnown: ReadRequest['isKnown'],
): Promise<ReadonlySet<string>> {
  const proven = provenIn(stored?.absent, head)
  const wanted = ids.filter((id) => proven.has(id))
  if (isKnown === undefined) return new Set(wanted)
  const asked = wanted.slice(0, mostAsked)
  const answers = await Promise.all(asked.map((id) => isKnown(contract, id)))
  return new Set(asked.filter((_id, at) => answers[at] === false))
}

/** Sorts the open proposals that are no longer in any list by what the node answers about them. */
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
    // The answer has no height, so it may come from an outdated node behind a load balancer.
    if (isUnknown(answer)) {
      if (doubted.has(proposal.id)) retracted.push(proposal)
      else absent.push(proposal.id)
    } else if (answer.ok) entries.push(entryFor(proposal, answer.result))
    else throw answer.error
  }
  return { retracted, absent, entries }
}

/** An answer about another proposal, or about none, becomes an entry that is not understood. */
function entryFor({ id }: Proposal, result: unknown): unknown {
  const entry = proposalIn(result)
  return isJsonObject(entry) && idOf(entry) === id ? entry : { proposal_id: id }
}

/** True if a node says that the proposal does not exist, with an empty answer or an error text. */
export function isUnknown(answer: JsonRpcAnswer): boolean {
  return answer.ok
    ? isNothing(answer.result)
    : /not found|no such|does ?n[o']t exist|unknown proposal|not exist/i.test(answer.error.message) &&
        answer.error.code !== -32601
}

/** True for an explicitly empty answer. An answer about something else proves nothing. */
function isNothing(result: unknown): boolean {
  if (!isJsonObject(result)) return (result ?? null) === null
  return Object.keys(result).length === 0 || result['proposal'] === null
}

export function proposalIn(result: unknown): unknown {
  return isJsonObject(result) ? result['proposal'] : undefined
}

/** The proposals that this reading says nothing about. */
interface Unread {
  /** Proposals with an answer that is not understood. They stay as they were, and nothing is acted on. */
  readonly garbled: readonly Proposal[]
  /** All of these proposals, as they were. */
  readonly before: readonly Decoded[]
}

/**
 * The proposals of earlier readings that were not read this time. They are kept, because a missing or unintelligible
 * answer does not mean that a proposal is gone.
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
