import { isJsonObject } from '../../../domain/json.js'
import { SourceError } from '../../../domain/errors.js'
import { askRest, type Rest } from './askRest.js'
import type { GovVersion, Memory } from './CosmosContext.js'
import { decodePage, type Page } from './decodePage.js'
import { decodeProposal, type GovProposal } from './decodeProposal.js'

export interface PageQuery {
  readonly status?: GovProposal['status']
  /** As the page before gave it, or {@link keyOfId}. */
  readonly key?: string
}

const pageSize = '100'
const names = {
  submitted: ['PROPOSAL_STATUS_DEPOSIT_PERIOD', '1'],
  voting: ['PROPOSAL_STATUS_VOTING_PERIOD', '2'],
  passed: ['PROPOSAL_STATUS_PASSED', '3'],
  rejected: ['PROPOSAL_STATUS_REJECTED', '4'],
  failed: ['PROPOSAL_STATUS_FAILED', '5'],
} as const

/**
 * One page of the list of proposals, in the version the server has: v1, and v1beta1 only where it does not serve v1.
 * `broken` where the chain falls over a proposal in it.
 */
export async function readPage(rest: Rest, query: PageQuery, memory: Memory): Promise<Page | 'broken'> {
  const known = memory.versions.get(rest.endpoint)
  const [first, second] = known === 'v1beta1' ? (['v1beta1', 'v1'] as const) : (['v1', 'v1beta1'] as const)
  const page = await pageIn(rest, first, query)
  if (isWhole(page)) return settled(rest, first, page, memory)
  // What v1beta1 cannot tell is v1's: the chain has been upgraded. The other way round only an absence counts.
  if (first === 'v1' && page === 'broken') return page
  const other = await pageIn(rest, second, query)
  if (other !== 'unserved' && other !== 'broken') return settled(rest, second, other, memory)
  if (page !== 'unserved') return page
  // A list that was there before is still there: it is the page that is not.
  if (other === 'broken' || (known !== undefined && query.key !== undefined)) return 'broken'
  memory.versions.delete(rest.endpoint)
  throw new SourceError('permanent', `${rest.place} serves neither gov v1 nor v1beta1: check that governance.rest is the REST (API) address of the chain.`)
}

function settled(rest: Rest, version: GovVersion, page: Page, memory: Memory): Page {
  memory.versions.set(rest.endpoint, version)
  return page
}

/** True for a page without gaps: v1beta1 has no content for a proposal that only v1 can tell. */
function isWhole(page: Page | 'broken' | 'unserved'): page is Page {
  return page !== 'broken' && page !== 'unserved' && page.proposals.every(({ hasContent }) => hasContent)
}

async function pageIn(rest: Rest, version: GovVersion, { status, key }: PageQuery): Promise<Page | 'broken' | 'unserved'> {
  const answer = await askRest(rest, `/cosmos/gov/${version}/proposals`, {
    // Old servers take the number only.
    ...(status !== undefined && { proposal_status: names[status][version === 'v1' ? 0 : 1] }),
    'pagination.limit': pageSize,
    ...(key !== undefined && { 'pagination.key': key }),
  })
  if (answer.type === 'broken') return 'broken'
  if (answer.type !== 'found') return 'unserved'
  const page = decodePage(answer.body)
  if (page === undefined) throw new SourceError('transient', `${rest.place} answered with something that is no list of proposals.`)
  return page
}

/** One proposal; `undefined` where the chain has none of this id, a sentence where it cannot be read. */
export async function readOne(rest: Rest, id: bigint, memory: Memory): Promise<GovProposal | string | undefined> {
  const known = memory.versions.get(rest.endpoint)
  let best: GovProposal | string | undefined
  for (const version of known === 'v1' ? (['v1'] as const) : known === 'v1beta1' ? (['v1beta1', 'v1'] as const) : (['v1', 'v1beta1'] as const)) {
    const answer = await askRest(rest, `/cosmos/gov/${version}/proposals/${id}`)
    if (answer.type === 'missing') return undefined
    if (answer.type === 'unserved') continue
    const one = answer.type === 'broken' ? `Proposal ${id} cannot be read at ${rest.place}: ${answer.said}` : decodeOne(answer.body)
    if (typeof one !== 'string' && one.id !== id) {
      throw new SourceError('transient', `${rest.place} answered with proposal ${one.id} when asked for ${id}.`)
    }
    if (typeof one === 'string' || !one.hasContent) {
      best ??= one
      continue
    }
    memory.versions.set(rest.endpoint, version)
    return one
  }
  return best
}

function decodeOne(body: unknown): GovProposal | string {
  return decodeProposal(isJsonObject(body) ? body['proposal'] : undefined)
}

/** The page key that starts at an id: the store keeps proposals by their id as eight bytes. */
export function keyOfId(id: bigint): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(id)
  return bytes.toString('base64')
}
