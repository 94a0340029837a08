import type { Proposal } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'
import type { JsonRpcAnswer } from '../../jsonRpc/matchAnswers.js'
import type { Cursor } from './cursor.js'
import type { NodeStatus } from './decode.js'
import type { DecodedList } from './lists.js'
import { idOf } from './toProposal.js'
import { isUnknown, proposalIn } from './unlisted.js'

// Maximum number of cancelling proposals that are requested with a new block, because a node may invent any number.
const mostAsked = 20

/**
 * The cancelling proposals to request with a new block: those that are in no list, while the plan that they cancelled
 * is ahead or may be gone. One node may have invented such a proposal, and nothing else would show that the others do
 * not know it; or it may have invented the plan, and the proposal cancelled another one. After the height of the plan
 * they are requested with each reading of all proposals, and while they are doubted.
 */
export function cancellersToAsk(
  { height }: Pick<NodeStatus, 'height'>,
  cursor: Pick<Cursor, 'head' | 'calledOff' | 'absent'> | undefined,
  { decoded }: Pick<DecodedList, 'decoded'>,
  missing: readonly Pick<Proposal, 'id'>[],
  isOfAll: boolean,
): readonly string[] {
  if (cursor === undefined || cursor.head.number === height) return []
  const asked = new Set(missing.map(({ id }) => id))
  const wanted = cursor.calledOff.filter(
    (one) => isOfAll || BigInt(one.height) >= height || asked.has(one.id) || cursor.absent.has(one.by),
  )
  return [...new Set(wanted.map(({ by }) => by))].filter((id) => !decoded.has(id) && !asked.has(id)).slice(-mostAsked)
}

/** What a node answers about cancelling proposals. */
export interface AskedCancellers {
  /** Ids of the proposals that no node has known for so long that they count as invented. */
  readonly gone: readonly string[]
  /** Ids of the others that the node does not know, or did not know when it was last asked. */
  readonly absent: readonly string[]
  /** The remaining proposals, as the node returns them. */
  readonly entries: readonly unknown[]
}

/** Sorts the cancelling proposals by what the node answers. An answer that is not understood says nothing. */
export function sortCancellers(
  ids: readonly string[],
  answers: readonly JsonRpcAnswer[],
  stored: Pick<Cursor, 'calledOff' | 'absent'> | undefined,
  proven: ReadonlySet<string>,
): AskedCancellers {
  const unknown = ids.filter((_id, at) => answers[at] !== undefined && isUnknown(answers[at]))
  const known = ids.flatMap((id, at) => {
    const answer = answers[at]
    const entry = answer?.ok === true ? proposalIn(answer.result) : undefined
    return isJsonObject(entry) && idOf(entry) === id ? [{ id, entry }] : []
  })
  const answered = new Set([...unknown, ...known.map(({ id }) => id)])
  // A doubt goes on if nobody was asked, as without a new block, or the answer was lost.
  const doubted = (stored?.calledOff ?? [])
    .map(({ by }) => by)
    .filter((by) => stored?.absent.has(by) === true && !answered.has(by))
  return {
    gone: unknown.filter((id) => proven.has(id)),
    absent: [...unknown.filter((id) => !proven.has(id)), ...doubted],
    entries: known.map(({ entry }) => entry),
  }
}
