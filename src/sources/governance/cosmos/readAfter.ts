import { SourceError } from '../../../domain/errors.js'
import { mapLimited } from '../../http/mapLimited.js'
import type { Rest } from './askRest.js'
import type { Memory } from './CosmosContext.js'
import type { GovProposal } from './decodeProposal.js'
import type { Page } from './decodePage.js'
import { circle } from './pagesOf.js'
import { keyOfId, readOne, readPage } from './readProposals.js'

/** Where in the list of all proposals to go on. */
export interface Place {
  /** Newest id seen; 0 before the first one. */
  readonly lastId: bigint
  /** As a page gave it. */
  readonly next?: string
}

/** A part of the list. */
export interface Part {
  readonly proposals: readonly GovProposal[]
  readonly place: Place
  /** Nothing comes after it. */
  readonly done: boolean
  readonly total?: bigint
  readonly warnings: readonly string[]
  /** Ids that are there and cannot be read: the place is past them. */
  readonly unread: readonly bigint[]
}

// Ids have gaps where deposits were never raised; the widest known one is 438 on the Cosmos Hub.
const reach = { first: 500n, steady: 10n }
const parallel = 5
const walkMost = 100

/**
 * The proposals after a place, whatever their status: one page, or where the chain falls over the page (one bad
 * proposal is enough) some read one by one. A list that works again ends that.
 */
export async function readAfter(rest: Rest, place: Place, isFirst: boolean, memory: Memory): Promise<Part> {
  const { lastId, next } = place
  const own = next === undefined && lastId > 0n
  if (own && memory.unkeyed.has(rest.endpoint)) return walk(rest, lastId, reach.steady, memory)
  const key = next ?? (own ? keyOfId(lastId + 1n) : undefined)
  const page = await readPage(rest, key === undefined ? {} : { key }, memory)
  if (page === 'broken') return walk(rest, lastId, isFirst ? reach.first : reach.steady, memory)
  if (own && page.proposals.some(({ id }) => id <= lastId)) {
    // A server that takes no key but its own: new proposals are looked for one by one.
    memory.unkeyed.add(rest.endpoint)
    return walk(rest, lastId, reach.steady, memory)
  }
  return partOf(page, place, rest.place)
}

/** @throws SourceError where there is more, but nothing new on this page: ids only rise. */
function partOf(
  { proposals, next, total, warnings, unread }: Page,
  { lastId, next: asked }: Place,
  server: string,
): Part {
  const newest = [...proposals.map(({ id }) => id), ...unread].reduce((most, id) => (id > most ? id : most), lastId)
  if (next !== undefined && (newest === lastId || next === asked)) throw circle(server)
  return {
    proposals,
    place: { lastId: newest, ...(next !== undefined && { next }) },
    done: next === undefined,
    ...(total !== undefined && { total }),
    warnings,
    unread,
  }
}

/**
 * Reads by id until none is found for a while. An id that cannot be read counts as seen.
 *
 * @throws SourceError where there are many and not one can be read.
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
    // One that cannot be read must not hide the others; where none can, it is the server.
    if (found.length === 0 && unread.length >= walkMost) {
      throw new SourceError(
        'transient',
        `${rest.place} has ${unread.length} proposals in a row, and none of them can be read: ${warnings[0] ?? ''}`,
      )
    }
    if (found.length + unread.length >= walkMost)
      return { proposals: found, place: { lastId: seen }, done: false, warnings, unread }
    if (seen < id || memory.unkeyed.has(rest.endpoint)) continue
    // Past the bad proposal the list may work again, and is much cheaper.
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
  return { proposals: found, place: { lastId: seen }, done: true, warnings, unread }
}
