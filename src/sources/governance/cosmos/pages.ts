import { SourceError } from '../../../domain/errors.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import type { GovVersion, Memory } from './context.js'
import { decodePage, decodeProposal, type GovProposal, type Page } from './decode.js'
import { askRest, type Rest } from '../cosmosSdk/rest.js'

interface PageQuery {
  readonly status?: GovProposal['status']
  /** As the page before gave it, or {@link keyOfId}. */
  readonly key?: string
  /** The newest proposal alone. */
  readonly isLast?: boolean
}

const pageSize = '100'
// Names are known only where an application links them (SDK 0.46 does not); numbers are known everywhere.
const statusNumbers = { submitted: '1', voting: '2', passed: '3', rejected: '4', failed: '5' } as const

/**
 * One page of the list of proposals, in the version the server has: v1, and v1beta1 only where it does not serve v1.
 * `broken` where the chain falls over a proposal in it.
 */
export async function readPage(rest: Rest, query: PageQuery, memory: Memory): Promise<Page | 'broken'> {
  const known = memory.versions.get(rest.endpoint)
  const [first, second] = known === 'v1beta1' ? (['v1beta1', 'v1'] as const) : (['v1', 'v1beta1'] as const)
  const page = await pageIn(rest, first, query)
  if (isWhole(page)) return rememberVersion(rest, first, page, memory)
  // What v1beta1 cannot tell is v1's: the chain has been upgraded. The other way round only an absence counts.
  if (first === 'v1' && page === 'broken') return page
  if (known === 'v1' && page === 'unserved') {
    // Something in front of a node that starts says so of every path: once is not believed.
    memory.versions.delete(rest.endpoint)
    throw new SourceError('transient', `${rest.place} served gov v1 before, and says now that it does not.`)
  }
  const other = await pageIn(rest, second, query)
  if (other !== 'unserved' && other !== 'broken') return rememberVersion(rest, second, other, memory)
  if (page !== 'unserved') return page
  // A list that was there before is still there: it is the page that is not.
  if (other === 'broken' || (known !== undefined && query.key !== undefined)) return 'broken'
  memory.versions.delete(rest.endpoint)
  throw new SourceError(
    'permanent',
    `${rest.place} serves neither gov v1 nor v1beta1: check that governance.rest is the REST (API) address of the chain.`,
  )
}

function rememberVersion(rest: Rest, version: GovVersion, page: Page, memory: Memory): Page {
  memory.versions.set(rest.endpoint, version)
  return page
}

/** True for a page without gaps: v1beta1 has no content for a proposal that only v1 can tell. */
function isWhole(page: Page | 'broken' | 'unserved'): page is Page {
  return page !== 'broken' && page !== 'unserved' && page.proposals.every(({ hasContent }) => hasContent)
}

async function pageIn(
  rest: Rest,
  version: GovVersion,
  { status, key, isLast = false }: PageQuery,
): Promise<Page | 'broken' | 'unserved'> {
  const answer = await askRest(rest, `/cosmos/gov/${version}/proposals`, {
    ...(status !== undefined && { proposal_status: statusNumbers[status] }),
    'pagination.limit': isLast ? '1' : pageSize,
    ...(isLast && { 'pagination.reverse': 'true' }),
    ...defined({ 'pagination.key': key }),
  })
  if (answer.type === 'broken') return 'broken'
  if (answer.type !== 'found') return 'unserved'
  const page = decodePage(answer.body)
  if (page === undefined)
    throw new SourceError('transient', `${rest.place} answered with something that is no list of proposals.`)
  const { proposals, warnings } = page
  // One new proposal that cannot be read must not hide the others; a whole list of them is no list.
  if (proposals.length === 0 && warnings.length > (key === undefined ? 0 : 1)) {
    throw new SourceError(
      'transient',
      `${rest.place} lists ${warnings.length} proposals, and none of them can be read: ${warnings[0] ?? ''}`,
    )
  }
  return page
}

/** What a server says of one proposal. */
type OneRead =
  | { readonly type: 'read'; readonly raw: GovProposal }
  | { readonly type: 'unreadable'; readonly why: string }
  /** The chain has none of this id; sure where it is told for the last block that was read or a later one. */
  | { readonly type: 'missing'; readonly isSure: boolean }

/** One proposal by its id. */
export async function readOne(rest: Rest, id: bigint, memory: Memory): Promise<OneRead> {
  const known = memory.versions.get(rest.endpoint)
  let best: OneRead | undefined
  for (const version of known === 'v1'
    ? (['v1'] as const)
    : known === 'v1beta1'
      ? (['v1beta1', 'v1'] as const)
      : (['v1', 'v1beta1'] as const)) {
    const answer = await askRest(rest, `/cosmos/gov/${version}/proposals/${id}`)
    if (answer.type === 'missing')
      return { type: 'missing', isSure: answer.height !== undefined && answer.height >= rest.lastHead }
    if (answer.type === 'unserved') continue
    const one: OneRead =
      answer.type === 'broken'
        ? { type: 'unreadable', why: `Proposal ${id} cannot be read at ${rest.place}: ${answer.said}` }
        : decodeOne(answer.body)
    if (one.type === 'read' && one.raw.id !== id) {
      throw new SourceError('transient', `${rest.place} answered with proposal ${one.raw.id} when asked for ${id}.`)
    }
    if (one.type !== 'read' || !one.raw.hasContent) {
      best ??= one
      continue
    }
    memory.versions.set(rest.endpoint, version)
    return one
  }
  return (
    best ?? {
      type: 'unreadable',
      why: `Proposal ${id} cannot be read at ${rest.place}: it does not know the address of a proposal.`,
    }
  )
}

function decodeOne(body: unknown): OneRead {
  const decoded = decodeProposal(isJsonObject(body) ? body['proposal'] : undefined)
  return typeof decoded === 'string' ? { type: 'unreadable', why: decoded } : { type: 'read', raw: decoded }
}

/** The page key that starts at an id: the store keeps proposals by their id as eight bytes. */
export function keyOfId(id: bigint): string {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, id)
  return btoa(String.fromCharCode(...bytes))
}
