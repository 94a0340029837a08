import { isJsonObject } from '../../../domain/text/json.js'
import type { JsonRpcAnswer } from '../../jsonRpc/matchAnswers.js'
import type { Cursor } from './cursor.js'
import type { NodeStatus } from './decode.js'
import type { DecodedList } from './lists.js'
import { idOf, toProposal, type ToProposalContext } from './toProposal.js'
import { proposalIn } from './unlisted.js'

/**
 * The id after the highest one reported so far. A proposal that was submitted and executed between two polls is in no
 * list of open ones. It is requested together with a new block, so that it costs no HTTP request of its own.
 */
export function unseenIds(
  { height }: Pick<NodeStatus, 'height'>,
  cursor: Pick<Cursor, 'head' | 'lastId'> | undefined,
  { decoded }: Pick<DecodedList, 'decoded'>,
): readonly string[] {
  if (cursor === undefined || cursor.head.number === height) return []
  const next = ((cursor.lastId ?? 0n) + 1n).toString()
  return decoded.has(next) ? [] : [next]
}

/** The requested proposals that exist and can be read; the others are left to the reading of all proposals. */
export function unseenEntries(
  ids: readonly string[],
  answers: readonly JsonRpcAnswer[],
  context: ToProposalContext,
): readonly unknown[] {
  return ids.flatMap((id, at) => {
    const answer = answers[at]
    const entry = answer?.ok === true ? proposalIn(answer.result) : undefined
    return isJsonObject(entry) && idOf(entry) === id && typeof toProposal(entry, context) !== 'string' ? [entry] : []
  })
}
