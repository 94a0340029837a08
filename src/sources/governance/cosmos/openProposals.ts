import type { Head } from '../../../domain/blocks/head.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import { mapLimited } from '../../http/mapLimited.js'
import type { Memory } from './context.js'
import type { Cursor } from './cursor.js'
import { type GovProposal, idsOn, type Page } from './decode.js'
import { type ListPage, pagesOf } from '../cosmosSdk/pagesOf.js'
import { readOne, readPage } from './pages.js'
import type { Rest } from '../cosmosSdk/rest.js'

/** What became of the proposals that were open. */
export interface OpenRead {
  readonly proposals: readonly GovProposal[]
  /** Ids the chain no longer knows: it deletes who misses the deposit, and who is withdrawn. */
  readonly gone: readonly bigint[]
  /** Ids that one answer does not know, for a block that it does not tell: it may be an old one. */
  readonly absent: readonly bigint[]
  readonly warnings: readonly string[]
}

const parallel = 4
// What could not be read is tried again this often, and when a process starts.
const tryAgainMs = 600_000
// A hundred each: above what any chain has open.
const maxOpenPages = 100

/**
 * The proposals in deposit and in voting, and each of `known` that is in neither list any more, read by its id.
 * Where a list cannot be read, all of `known` are.
 *
 * @param doubted - Those that were absent for so long that they are gone if they are absent now.
 */
export async function readOpen(
  rest: Rest,
  known: readonly bigint[],
  doubted: ReadonlySet<string>,
  memory: Memory,
): Promise<OpenRead> {
  // Deposits first: what moves on between the two lists is then in both, not in neither, and the later one counts.
  const lists = [...(await readAll(rest, 'submitted', memory)), ...(await readAll(rest, 'voting', memory))]
  const listed = new Map(lists.map((proposal) => [proposal.id, proposal]))
  const left = known.filter((id) => !listed.has(id))
  const proposals = [...listed.values()]
  const gone: bigint[] = []
  const absent: bigint[] = []
  const warnings: string[] = []
  const read = await mapLimited(left, parallel, async (id) => ({ id, one: await readOne(rest, id, memory) }))
  for (const { id, one } of read) {
    if (one.type === 'read') proposals.push(one.raw)
    else if (one.type === 'unreadable') warnings.push(one.why)
    else if (one.isSure || doubted.has(id.toString())) gone.push(id)
    else absent.push(id)
  }
  return { proposals, gone, absent, warnings }
}

/** The whole list of one status, or nothing of it where the chain falls over it. */
async function readAll(rest: Rest, status: GovProposal['status'], memory: Memory): Promise<readonly GovProposal[]> {
  const pages: (Page | 'broken')[] = []
  const read = async (key: string | undefined): Promise<(Page & ListPage) | undefined> => {
    const page = await readPage(rest, { status, ...defined({ key }) }, memory)
    pages.push(page)
    return page === 'broken' ? undefined : { ...page, ids: idsOn(page) }
  }
  const all: GovProposal[] = []
  // Some servers do not know the filter.
  for await (const { proposals } of pagesOf(read, rest.place, maxOpenPages))
    all.push(...proposals.filter((proposal) => proposal.status === status))
  return pages.includes('broken') ? [] : all
}

/**
 * A proposal the chain has deleted. Who misses the deposit is deleted at its end, which makes it `expired`; before
 * that, and in voting, only its proposer can have taken it back: `canceled`. The chain keeps no word of either.
 */
export function droppedOf(proposal: Proposal, depositEnd: bigint | undefined, head: Head): Proposal {
  const { expedited: _expedited, ...rest } = proposal
  const isLate = proposal.status === 'submitted' && (depositEnd === undefined || depositEnd <= head.timestamp)
  return { ...rest, status: isLate ? 'expired' : 'canceled', derived: true, readAt: head.number }
}

export interface UnreadRead {
  readonly proposals: readonly GovProposal[]
  /** Ids that still cannot be read. */
  readonly still: readonly bigint[]
}

/** Tries again, now and then, what could not be read: what it may schedule must not be lost for good. */
export async function readUnread(rest: Rest, ids: readonly bigint[], memory: Memory, now: number): Promise<UnreadRead> {
  const isDue = now - (memory.triedAt ?? -Infinity) >= tryAgainMs || hasUnitNow(memory)
  if (ids.length === 0 || !isDue) return { proposals: [], still: ids }
  memory.triedAt = now
  const read = await mapLimited(ids, parallel, async (id) => ({ id, one: await readOne(rest, id, memory) }))
  return {
    proposals: read.flatMap(({ one }) => (one.type === 'read' ? [one.raw] : [])),
    still: read
      .filter(({ one }) => one.type === 'unreadable' || (one.type === 'missing' && !one.isSure))
      .map(({ id }) => id),
  }
}

/** Some were read whose votes had no unit then. */
function hasUnitNow({ lacksUnit = false, rules }: Memory): boolean {
  return lacksUnit && rules?.unit !== undefined
}

export function unreadAfter(
  still: readonly bigint[],
  added: readonly bigint[],
  read: ReadonlyMap<bigint, GovProposal>,
): readonly bigint[] {
  return [...new Set([...still, ...added])].filter((id) => !read.has(id))
}

/** When the deposit of each proposal must be there, after this reading. */
export function depositsAfter(
  cursor: Cursor | undefined,
  raws: readonly GovProposal[],
  gone: ReadonlySet<string>,
): ReadonlyMap<string, bigint> {
  const deposits = new Map(cursor?.deposits)
  for (const { id, status, depositEnd } of raws) {
    if (status === 'submitted' && depositEnd !== undefined) deposits.set(id.toString(), depositEnd)
    else deposits.delete(id.toString())
  }
  for (const id of gone) deposits.delete(id)
  return deposits
}
