import { defined } from '../../../domain/defined.js'
import { SourceError } from '../../../domain/errors.js'
import type { Rest } from '../cosmosSdk/rest.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { highestKnown } from '../highestKnown.js'
import type { Cursor } from './cursor.js'
import { isInitial } from './list.js'
import { govContract } from './toProposal.js'

type Ask = Pick<ReadRequest, 'isKnown'>

/**
 * Returns the position to read from. If a long list was read while too few servers could say whether they know its end,
 * they are asked again.
 */
export async function settledStart(cursor: Cursor | undefined, { isKnown }: Ask): Promise<Cursor | undefined> {
  if (cursor?.known === undefined || isInitial(cursor) || isKnown === undefined) return cursor
  const { known, ...rest } = cursor
  const answer = await isKnown(govContract, cursor.lastId.toString())
  if (answer === undefined) return cursor
  return answer ? rest : { ...rest, lastId: known }
}

/**
 * Returns the position after a reading, no further than enough servers know the proposals with these ids. A server that
 * invents a high id would hide every proposal below it that passes between two readings. What is beyond is listed again
 * with the next reading, except while too few servers answer and the list is long.
 *
 * @throws SourceError, transient, if a long list goes on with proposals that enough servers do not know.
 */
export async function settledEnd(
  { place }: Pick<Rest, 'place'>,
  before: Cursor | undefined,
  after: Cursor,
  ids: Iterable<bigint>,
  { isKnown }: Ask,
): Promise<Cursor> {
  if (isKnown === undefined) return after
  const least = before?.known ?? (before === undefined || isInitial(before) ? 0n : before.lastId)
  const news = [...ids].filter((id) => id > least && id <= after.lastId)
  if (news.length === 0) return { ...after, ...defined({ known: before?.known }) }
  const { id, isLast } = await highestKnown(news, least, (one) => isKnown(govContract, one.toString()))
  if (isInitial(after)) {
    if (isLast !== false) return { ...after, known: id }
    throw new SourceError(
      'transient',
      `${place} lists proposals up to ${after.lastId} that the other servers do not know.`,
    )
  }
  if (isLast === true) return after
  const isLong = before?.next !== undefined || before?.known !== undefined
  return isLast === undefined && isLong ? { ...after, known: id } : { ...after, lastId: id }
}
