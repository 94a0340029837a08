import type { Proposal } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'
import type { JsonRpcAnswer } from '../../jsonRpc/matchAnswers.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { highestKnown } from '../highestKnown.js'
import type { Cursor } from './cursor.js'
import type { NodeStatus } from './decode.js'
import type { DecodedList } from './lists.js'
import { contract, idOf, toProposal, type ToProposalContext } from './toProposal.js'
import { proposalIn } from './unlisted.js'

// Maximum number of doubted proposals that are requested with a new block, because a node may invent any number.
const mostDoubted = 20

/**
 * The proposals to request besides the followed ones. They are requested together with a new block, so that they cost
 * no HTTP request of their own.
 *
 * - The id after the highest one reported so far: a proposal that was submitted and executed between two polls is in no
 *   list of open ones.
 * - Those whose opening was doubted and that are no longer in these lists: they may have closed meanwhile.
 */
export function unseenIds(
  { height }: Pick<NodeStatus, 'height'>,
  cursor: Pick<Cursor, 'head' | 'lastId' | 'absent'> | undefined,
  { decoded }: Pick<DecodedList, 'decoded'>,
  open: readonly Pick<Proposal, 'id'>[],
): readonly string[] {
  if (cursor === undefined || cursor.head.number === height) return []
  const followed = new Set(open.map(({ id }) => id))
  const next = ((cursor.lastId ?? 0n) + 1n).toString()
  const doubted = [...cursor.absent.keys()].filter((id) => !followed.has(id) && id !== next)
  return [next, ...doubted.slice(0, mostDoubted)].filter((id) => !decoded.has(id))
}

/**
 * The highest numeric id that was reported and that enough nodes know. A reading of all proposals starts anew, because
 * one answer may have invented an id.
 */
export async function lastIdAfter(
  told: readonly Pick<Proposal, 'id'>[],
  isOfAll: boolean,
  before: bigint | undefined,
  isKnown: ReadRequest['isKnown'],
): Promise<bigint | undefined> {
  const ids = told.flatMap(({ id }) => (/^[0-9]{1,20}$/.test(id) ? [BigInt(id)] : []))
  const least = isOfAll ? 0n : (before ?? 0n)
  const { id } = await highestKnown(ids, least, async (one) => isKnown?.(contract, one.toString()) ?? true)
  return id > 0n ? id : before
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
