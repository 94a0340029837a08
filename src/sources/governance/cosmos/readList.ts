import { SourceError } from '../../../domain/errors.js'
import type { Rest } from './askRest.js'
import type { Memory } from './CosmosContext.js'
import type { Cursor } from './cursor.js'
import type { GovProposal } from './decodeProposal.js'
import { type Place, readAfter } from './readAfter.js'
import { readPage } from './readProposals.js'

/** What is new in the list of all proposals. */
export interface ListRead {
  readonly proposals: readonly GovProposal[]
  readonly place: Place
  /** Proposals still to be read, at least; 0 at the end of the list. */
  readonly toGo: bigint
  /** Proposals read since the list was last read to its end, these included. */
  readonly listed: number
  readonly warnings: readonly string[]
  readonly unread: readonly bigint[]
}

// What one portion of a long list holds at most.
const portionPages = 5
// Above what any chain has: the longest known list has some 15,000.
const maxListed = 50_000

/**
 * Reads on in the list of all proposals from where the cursor stands, a portion of it where it is long.
 *
 * @throws SourceError where a list has no end. The place stays: a server whose list has one is read on from there.
 */
export async function readList(rest: Rest, cursor: Cursor | undefined, memory: Memory): Promise<ListRead> {
  const proposals: GovProposal[] = []
  const warnings: string[] = []
  const unread: bigint[] = []
  let total: bigint | undefined
  let place: Place = {
    lastId: cursor?.lastId ?? 0n,
    ...(cursor?.next !== undefined && cursor.next !== '' && { next: cursor.next }),
  }
  for (let pages = 0; pages < portionPages; pages++) {
    const part = await readAfter(rest, place, isInitial(cursor), memory)
    proposals.push(...part.proposals)
    warnings.push(...part.warnings)
    unread.push(...part.unread)
    total ??= part.total
    place = part.place
    if (part.done) return { proposals, place, toGo: 0n, listed: 0, warnings, unread }
  }
  const listed = (cursor?.listed ?? 0) + proposals.length + unread.length
  if (listed > maxListed)
    throw new SourceError(
      'transient',
      `${rest.place} has named ${listed} proposals in a row, and says that there are more: no chain has that many. Look at the server, or take it out of governance.rest.`,
    )
  const before = total ?? cursor?.left ?? (await countTo(rest, cursor?.lastId ?? 0n, memory))
  const read = BigInt(proposals.length)
  return { proposals, place, toGo: before > read ? before - read : 1n, listed, warnings, unread }
}

/** About how many proposals come after one, by the id of the newest: most servers tell no number of them. */
async function countTo(rest: Rest, lastId: bigint, memory: Memory): Promise<bigint> {
  const page = await readPage(rest, { isLast: true }, memory)
  const [newest] = page === 'broken' ? [] : page.proposals
  return newest === undefined || newest.id < lastId ? 0n : newest.id - lastId
}

/** True while the list has never been read to its end. */
export function isInitial(cursor: Cursor | undefined): boolean {
  return cursor === undefined || cursor.next !== undefined
}
