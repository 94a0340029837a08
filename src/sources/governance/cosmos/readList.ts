import type { Rest } from './askRest.js'
import type { Memory } from './CosmosContext.js'
import type { Cursor } from './cursor.js'
import type { GovProposal } from './decodeProposal.js'
import { type Place, readAfter } from './readAfter.js'

/** What is new in the list of all proposals. */
export interface ListRead {
  readonly proposals: readonly GovProposal[]
  readonly place: Place
  /** Proposals still to be read, at least; 0 at the end of the list. */
  readonly toGo: bigint
  readonly warnings: readonly string[]
  readonly unread: readonly bigint[]
}

// What one portion of a long list holds at most.
const portionPages = 5

/** Reads on in the list of all proposals from where the cursor stands, a portion of it where it is long. */
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
    if (part.done) return { proposals, place, toGo: 0n, warnings, unread }
  }
  // The number of all comes with the first page only.
  const before = total ?? cursor?.left ?? 0n
  const read = BigInt(proposals.length)
  return { proposals, place, toGo: before > read ? before - read : 1n, warnings, unread }
}

/** True while the list has never been read to its end. */
export function isInitial(cursor: Cursor | undefined): boolean {
  return cursor === undefined || cursor.next !== undefined
}
