import { SourceError } from '../../../domain/errors.js'
import { defined } from '../../../domain/defined.js'
import { mapLimited } from '../../http/mapLimited.js'
import type { Memory } from './context.js'
import type { Cursor } from './cursor.js'
import type { GovProposal, Page } from './decode.js'
import { circularPagesError } from '../cosmosSdk/pagesOf.js'
import { keyOfId, readOne, readPage } from './pages.js'
import type { Rest } from '../cosmosSdk/rest.js'

/** What is new in the list of all proposals. */
export interface ListRead {
  readonly proposals: readonly GovProposal[]
  readonly position: ListPosition
  /** Minimum number of proposals still to read; 0 at the end of the list. */
  readonly toGo: bigint
  /** Number of proposals read since the list was last read to its end, including these. */
  readonly listed: number
  readonly warnings: readonly string[]
  readonly unread: readonly bigint[]
}

// Maximum number of pages in one portion of a long list.
const portionPages = 5
// Maximum number of proposals read without reaching the end. The longest known list has about 15,000.
const maxListed = 50_000

/**
 * Reads on in the list of all proposals from the cursor; a long list is read in portions.
 *
 * @throws SourceError if the list does not end. The position is kept, so that another server can continue from there.
 */
export async function readList(rest: Rest, cursor: Cursor | undefined, memory: Memory): Promise<ListRead> {
  const proposals: GovProposal[] = []
  const warnings: string[] = []
  const unread: bigint[] = []
  let total: bigint | undefined
  let position: ListPosition = {
    lastId: cursor?.lastId ?? 0n,
    ...(cursor?.next !== undefined && cursor.next !== '' && { next: cursor.next }),
  }
  for (let pages = 0; pages < portionPages; pages++) {
    const part = await readAfter(rest, position, isInitial(cursor), memory)
    proposals.push(...part.proposals)
    warnings.push(...part.warnings)
    unread.push(...part.unread)
    total ??= part.total
    position = part.position
    if (part.done) return { proposals, position, toGo: 0n, listed: 0, warnings, unread }
  }
  const listed = (cursor?.listed ?? 0) + proposals.length + unread.length
  if (listed > maxListed)
    throw new SourceError(
      'transient',
      `${rest.place} has named ${listed} proposals in a row and says that there are more: no chain has that many. Check the server, or remove it from governance.rest.`,
    )
  const before = total ?? cursor?.left ?? (await countTo(rest, cursor?.lastId ?? 0n, memory))
  const read = BigInt(proposals.length)
  return { proposals, position, toGo: before > read ? before - read : 1n, listed, warnings, unread }
}

/** Estimates how many proposals follow an id, from the newest id, because most servers do not report the number. */
async function countTo(rest: Rest, lastId: bigint, memory: Memory): Promise<bigint> {
  const page = await readPage(rest, { isLast: true }, memory)
  const [newest] = page === 'broken' ? [] : page.proposals
  return newest === undefined || newest.id < lastId ? 0n : newest.id - lastId
}

/** True while the list has never been read to its end. */
export function isInitial(cursor: Cursor | undefined): boolean {
  return cursor === undefined || cursor.next !== undefined
}

/** Where to continue in the list of all proposals. */
interface ListPosition {
  /** Newest id seen; 0 before the first one. */
  readonly lastId: bigint
  /** The key that the last page returned. */
  readonly next?: string
}

/** A part of the list. */
interface Part {
  readonly proposals: readonly GovProposal[]
  readonly position: ListPosition
  /** True if nothing follows. */
  readonly done: boolean
  readonly total?: bigint
  readonly warnings: readonly string[]
  /** Ids of proposals that exist but cannot be read; the position is past them. */
  readonly unread: readonly bigint[]
}

// How many ids to try after the last one found. Ids have gaps from missed deposits; the widest known gap is 438, on the
// Cosmos Hub.
const reach = { first: 500n, steady: 10n }
const parallel = 5
const walkMost = 100

/**
 * Reads proposals after a position, whatever their status. This is one page. If the server fails on the page, for which
 * one bad proposal is enough, some proposals are read by id until the list works again.
 */
async function readAfter(rest: Rest, position: ListPosition, isFirst: boolean, memory: Memory): Promise<Part> {
  const { lastId, next } = position
  const own = next === undefined && lastId > 0n
  if (own && memory.unkeyed.has(rest.endpoint)) return walk(rest, lastId, reach.steady, memory)
  const key = next ?? (own ? keyOfId(lastId + 1n) : undefined)
  const page = await readPage(rest, key === undefined ? {} : { key }, memory)
  if (page === 'broken') return walk(rest, lastId, isFirst ? reach.first : reach.steady, memory)
  if (own && page.proposals.some(({ id }) => id <= lastId)) {
    // The server accepts only its own keys, so new proposals are searched for one by one.
    memory.unkeyed.add(rest.endpoint)
    return walk(rest, lastId, reach.steady, memory)
  }
  return partOf(page, position, rest.place)
}

/** @throws SourceError if there are more pages but nothing new on this one, because ids only increase. */
function partOf(
  { proposals, next, total, warnings, unread }: Page,
  { lastId, next: asked }: ListPosition,
  server: string,
): Part {
  const newest = [...proposals.map(({ id }) => id), ...unread].reduce((most, id) => (id > most ? id : most), lastId)
  if (next !== undefined && (newest === lastId || next === asked)) throw circularPagesError(server)
  return {
    proposals,
    position: { lastId: newest, ...defined({ next }) },
    done: next === undefined,
    ...defined({ total }),
    warnings,
    unread,
  }
}

/**
 * Reads by id until no proposal is found for a while. An unreadable proposal counts as seen.
 *
 * @throws SourceError if there are many proposals and none can be read.
 */
async function walk(rest: Rest, lastId: bigint, far: bigint, memory: Memory): Promise<Part> {
  const found: GovProposal[] = []
  const warnings: string[] = []
  const unread: bigint[] = []
  let seen = lastId
  for (let id = lastId + 1n; id <= seen + far; id += BigInt(parallel)) {
    const ids = Array.from({ length: parallel }, (_, index) => id + BigInt(index))
    const read = await mapLimited(ids, parallel, (each) => readOne(rest, each, memory))
    for (const [index, one] of read.entries()) {
      if (one.type === 'missing') continue
      seen = id + BigInt(index)
      if (one.type === 'read') found.push(one.raw)
      else {
        warnings.push(one.why)
        unread.push(seen)
      }
    }
    // One unreadable proposal must not hide the others. If none can be read, the server is at fault.
    if (found.length === 0 && unread.length >= walkMost) {
      throw new SourceError(
        'transient',
        `${rest.place} has ${unread.length} proposals in a row, none of which can be read: ${warnings[0] ?? ''}`,
      )
    }
    if (found.length + unread.length >= walkMost)
      return { proposals: found, position: { lastId: seen }, done: false, warnings, unread }
    if (seen < id || memory.unkeyed.has(rest.endpoint)) continue
    // After the bad proposal the list may work again, and it is much cheaper.
    const page = await readPage(rest, { key: keyOfId(seen + 1n) }, memory)
    if (page !== 'broken' && page.proposals.every((proposal) => proposal.id > seen)) {
      const part = partOf(page, { lastId: seen }, rest.place)
      return {
        ...part,
        proposals: [...found, ...part.proposals],
        warnings: [...warnings, ...part.warnings],
        unread: [...unread, ...part.unread],
      }
    }
  }
  return { proposals: found, position: { lastId: seen }, done: true, warnings, unread }
}

/** Returns open proposals that are new to us although their ids are below the newest one, which therefore was wrong. */
export function missedOpenIds(
  open: readonly GovProposal[],
  known: readonly bigint[],
  lastId: bigint,
): readonly bigint[] {
  const ids = new Set(known)
  return open.map(({ id }) => id).filter((id) => id < lastId && !ids.has(id))
}

/** The newest id seen; if proposals were missed, the id before the first of them, so that the list is read again. */
export function lastIdAfter(lastId: bigint, raws: readonly GovProposal[], missed: readonly bigint[]): bigint {
  const ids = missed.length > 0 ? missed : raws.map(({ id }) => id)
  return ids.reduce((last, id) => (missed.length > 0 ? (id <= last ? id - 1n : last) : id > last ? id : last), lastId)
}
