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

/** The result of reading the proposals that were open. */
export interface OpenRead {
  readonly proposals: readonly GovProposal[]
  /** Ids that the chain no longer knows. It deletes proposals that miss their deposit or are withdrawn. */
  readonly gone: readonly bigint[]
  /** Ids that are missing in an answer of unknown height, which may be outdated. */
  readonly absent: readonly bigint[]
  readonly warnings: readonly string[]
}

const parallel = 4
// Interval of retries for unreadable proposals, in milliseconds. They are also retried when a process starts.
const tryAgainMs = 600_000
// Maximum number of pages, with a hundred proposals each: more than any chain has open.
const maxOpenPages = 100

/**
 * Reads the proposals in deposit and in voting, and by id each of `known` that is in neither list. If a list cannot be
 * read, all of `known` are read by id.
 *
 * @param doubted - Ids that have been absent for so long that they count as gone if they are absent again.
 */
export async function readOpen(
  rest: Rest,
  known: readonly bigint[],
  doubted: ReadonlySet<string>,
  memory: Memory,
): Promise<OpenRead> {
  // Deposits are read first: a proposal that moves on between the two requests is in both lists, not in neither, and
  // the later entry counts.
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

/** Reads the whole list of one status; returns an empty list if the server fails on a page. */
async function readAll(rest: Rest, status: GovProposal['status'], memory: Memory): Promise<readonly GovProposal[]> {
  const pages: (Page | 'broken')[] = []
  const read = async (key: string | undefined): Promise<(Page & ListPage) | undefined> => {
    const page = await readPage(rest, { status, ...defined({ key }) }, memory)
    pages.push(page)
    return page === 'broken' ? undefined : { ...page, ids: idsOn(page) }
  }
  const all: GovProposal[] = []
  // Some servers ignore the filter.
  for await (const { proposals } of pagesOf(read, rest.place, maxOpenPages))
    all.push(...proposals.filter((proposal) => proposal.status === status))
  return pages.includes('broken') ? [] : all
}

/**
 * The status of a proposal that the chain deleted. One that misses the deposit is deleted at the deadline and becomes
 * `expired`. Before that, or in voting, only its proposer can have withdrawn it, so it becomes `canceled`. The chain
 * keeps no record of either.
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

/**
 * Retries unreadable proposals from time to time, so that an upgrade they schedule is not missed for ever. Those that
 * lack only the unit of their votes are read again once it is known.
 */
export async function readUnread(rest: Rest, ids: readonly bigint[], memory: Memory, now: number): Promise<UnreadRead> {
  const isDue = now - (memory.triedAt ?? -Infinity) >= tryAgainMs || hasUnitNow(memory)
  const isWaiting = (id: bigint): boolean => memory.rules?.unit === undefined && memory.unitless.has(id)
  const wanted = ids.filter((id) => !isWaiting(id))
  if (wanted.length === 0 || !isDue) return { proposals: [], still: ids }
  memory.triedAt = now
  const read = await mapLimited(wanted, parallel, async (id) => ({ id, one: await readOne(rest, id, memory) }))
  return {
    proposals: read.flatMap(({ one }) => (one.type === 'read' ? [one.raw] : [])),
    still: [
      ...read
        .filter(({ one }) => one.type === 'unreadable' || (one.type === 'missing' && !one.isSure))
        .map(({ id }) => id),
      ...ids.filter(isWaiting),
    ],
  }
}

/** True if votes were read without a unit and the unit is known now. */
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

/** The deposit deadlines of the proposals after this reading. */
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
