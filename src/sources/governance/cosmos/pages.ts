import { SourceError } from '../../../domain/errors.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import type { GovVersion, Memory } from './context.js'
import { decodePage, decodeProposal, type GovProposal, type Page } from './decode.js'
import { askRest, type Rest } from '../cosmosSdk/rest.js'

interface PageQuery {
  readonly status?: GovProposal['status']
  /** The key that the last page returned, or one from {@link keyOfId}. */
  readonly key?: string
  /** Requests only the newest proposal. */
  readonly isLast?: boolean
}

const pageSize = '100'
// Numbers, because the names are known only in applications that link them (SDK 0.46 does not).
const statusNumbers = { submitted: '1', voting: '2', passed: '3', rejected: '4', failed: '5' } as const

/**
 * Reads one page of the list of proposals: in v1, or in v1beta1 if the server does not serve v1. Returns `broken` if
 * the server fails on a proposal in it.
 */
export async function readPage(rest: Rest, query: PageQuery, memory: Memory): Promise<Page | 'broken'> {
  const known = memory.versions.get(rest.endpoint)
  const [first, second] = known === 'v1beta1' ? (['v1beta1', 'v1'] as const) : (['v1', 'v1beta1'] as const)
  const page = await pageIn(rest, first, query)
  if (isComplete(page)) return rememberVersion(rest, first, page, memory)
  // If v1beta1 cannot represent a proposal, the chain has been upgraded to v1. From v1 back to v1beta1, only a server
  // without v1 counts.
  if (first === 'v1' && page === 'broken') return page
  if (known === 'v1' && page === 'unserved') {
    // A proxy in front of a starting node answers so for every path, so one answer is not enough.
    memory.versions.delete(rest.endpoint)
    throw new SourceError('transient', `${rest.place} served gov v1 before, and now says that it does not.`)
  }
  const other = await pageIn(rest, second, query)
  if (other !== 'unserved' && other !== 'broken') return rememberVersion(rest, second, other, memory)
  if (page !== 'unserved') return page
  // A list that was served before still exists, so the page is the problem.
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

/** True for a page without gaps. v1beta1 has no content for a proposal that only v1 can represent. */
function isComplete(page: Page | 'broken' | 'unserved'): page is Page {
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
    throw new SourceError('transient', `${rest.place} answered with something that is not a list of proposals.`)
  const { proposals, warnings } = page
  // One unreadable new proposal must not hide the others. If the whole page is unreadable, it is not accepted.
  if (proposals.length === 0 && warnings.length > (key === undefined ? 0 : 1)) {
    throw new SourceError('transient', `${rest.place} lists only proposals that cannot be read: ${warnings[0] ?? ''}`)
  }
  return page
}

/** The answer of a server about one proposal. */
type OneRead =
  | { readonly type: 'read'; readonly raw: GovProposal }
  | { readonly type: 'unreadable'; readonly why: string }
  /** The chain has no proposal with this id. Sure if the answer is for the last block that was read or a later one. */
  | { readonly type: 'missing'; readonly isSure: boolean }

/** Reads one proposal by its id. */
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

/** The page key that starts at an id: the store orders proposals by their id as eight bytes. */
export function keyOfId(id: bigint): string {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, id)
  return btoa(String.fromCharCode(...bytes))
}
