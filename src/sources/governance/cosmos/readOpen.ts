import { mapLimited } from '../../http/mapLimited.js'
import type { Rest } from './askRest.js'
import type { Memory } from './CosmosContext.js'
import type { GovProposal } from './decodeProposal.js'
import { readOne, readPage } from './readProposals.js'

/** What became of the proposals that were open. */
export interface OpenRead {
  readonly proposals: readonly GovProposal[]
  /** Ids the chain no longer knows: it deletes who misses the deposit, and who is withdrawn. */
  readonly gone: readonly bigint[]
  readonly warnings: readonly string[]
}

const parallel = 4
const maxPages = 20

/**
 * The proposals in deposit and in voting, and each of `known` that is in neither list any more, read by its id.
 * Where a list cannot be read, all of `known` are.
 */
export async function readOpen(rest: Rest, known: readonly bigint[], memory: Memory): Promise<OpenRead> {
  // Deposits first: what moves on between the two lists is then in both, not in neither, and the later one counts.
  const lists = [...(await readAll(rest, 'submitted', memory)), ...(await readAll(rest, 'voting', memory))]
  const listed = new Map(lists.map((proposal) => [proposal.id, proposal]))
  const left = known.filter((id) => !listed.has(id))
  const proposals = [...listed.values()]
  const gone: bigint[] = []
  const warnings: string[] = []
  const read = await mapLimited(left, parallel, async (id) => ({ id, one: await readOne(rest, id, memory) }))
  for (const { id, one } of read) {
    if (one === undefined) gone.push(id)
    else if (typeof one === 'string') warnings.push(one)
    else proposals.push(one)
  }
  return { proposals, gone, warnings }
}

/** The whole list of one status, or nothing of it where the chain falls over it. */
async function readAll(rest: Rest, status: GovProposal['status'], memory: Memory): Promise<readonly GovProposal[]> {
  const all: GovProposal[] = []
  let key: string | undefined
  for (let count = 0; count < maxPages; count++) {
    const page = await readPage(rest, { status, ...(key !== undefined && { key }) }, memory)
    if (page === 'broken') return []
    // Some servers do not know the filter.
    all.push(...page.proposals.filter((proposal) => proposal.status === status))
    key = page.next
    if (key === undefined) return all
  }
  return all
}
