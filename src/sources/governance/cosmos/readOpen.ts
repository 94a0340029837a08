import { mapLimited } from '../../http/mapLimited.js'
import type { Rest } from './askRest.js'
import type { Memory } from './CosmosContext.js'
import type { GovProposal } from './decodeProposal.js'
import { idsOn, type Page } from './decodePage.js'
import { type ListPage, pagesOf } from './pagesOf.js'
import { readOne, readPage } from './readProposals.js'

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
// A hundred each: above what any chain has open.
const maxOpenPages = 100

/**
 * The proposals in deposit and in voting, and each of `known` that is in neither list any more, read by its id.
 * Where a list cannot be read, all of `known` are.
 *
 * @param doubted - Those that were absent at the last reading already: absent again, they are gone.
 */
export async function readOpen(
  rest: Rest,
  known: readonly bigint[],
  doubted: ReadonlySet<bigint>,
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
    else if (one.isSure || doubted.has(id)) gone.push(id)
    else absent.push(id)
  }
  return { proposals, gone, absent, warnings }
}

/** The whole list of one status, or nothing of it where the chain falls over it. */
async function readAll(rest: Rest, status: GovProposal['status'], memory: Memory): Promise<readonly GovProposal[]> {
  const pages: (Page | 'broken')[] = []
  const read = async (key: string | undefined): Promise<(Page & ListPage) | undefined> => {
    const page = await readPage(rest, { status, ...(key !== undefined && { key }) }, memory)
    pages.push(page)
    return page === 'broken' ? undefined : { ...page, ids: idsOn(page) }
  }
  const all: GovProposal[] = []
  // Some servers do not know the filter.
  for await (const { proposals } of pagesOf(read, rest.place, maxOpenPages))
    all.push(...proposals.filter((proposal) => proposal.status === status))
  return pages.includes('broken') ? [] : all
}
