import type { Head } from '../../../domain/blocks/head.js'
import { maxLag } from './contradictedHead.js'
import { SourceError } from '../../../domain/errors.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { refusalOf } from '../../http/refusalOf.js'
import type { HttpJsonResponse } from '../../http/requestJson.js'
import { integerOf } from './scalars.js'

/** The answer of a REST server to one request. */
type RestAnswer =
  | { readonly type: 'found'; readonly body: unknown; readonly height?: bigint }
  /** The requested item is not on the chain, according to the server's state at that height. */
  | { readonly type: 'missing'; readonly said: string; readonly height?: bigint }
  /** The server does not know the path: the chain is older, or does not have the module. */
  | { readonly type: 'unserved' }
  /** The chain's own code failed on the request. One bad proposal breaks every list that contains it. */
  | { readonly type: 'broken'; readonly said: string; readonly height?: bigint }

/** Requests one path from a REST server. `unknown` is only returned by variants for answers that can be missing. */
export type AskPath = (path: string) => Promise<RestAnswer | Unanswered>

interface Unanswered {
  readonly type: 'unknown'
  /** True if this request failed; absent if it was not sent because an earlier one had failed. */
  readonly hasFailed?: true
}

/** One REST server in one reading. */
export interface Rest {
  readonly endpoint: HttpEndpoint
  /** `<host> of <chain>`, for error messages. */
  readonly place: string
  readonly signal: AbortSignal
  /** Minimum height of an answer. An older state was read before, so such an answer would revert what is known. */
  readonly floor: bigint
  /**
   * Maximum height of an answer. The chain has not reached a higher one, so such an answer counts as one without a
   * height.
   */
  readonly ceiling: bigint
  /** Head of the last reading. If a server says at this height or above that something is absent, that is certain. */
  readonly lastHead: bigint
  /** Height of the newest answer so far. */
  newest: bigint
  /** True if an answer so far had no height, so that it may be older than what was read before. */
  isUntold: boolean
}

// The same header under the names that different gateways give it.
const heightHeaders = [
  'Grpc-Metadata-X-Cosmos-Block-Height',
  'X-Cosmos-Block-Height',
  'Grpc-Trailer-X-Cosmos-Block-Height',
  'Grpcgateway-X-Cosmos-Block-Height',
]
const fallen = /proto: |no concrete type registered|can't convert a gov\/v1|type mismatch, parameter|strconv\.Parse/i
const busy = new Set([4n, 8n, 14n])

/**
 * Sends one request.
 *
 * @throws SourceError if the server fails, is overloaded, has just started, or is behind what was read before.
 */
export async function askRest(
  rest: Rest,
  path: string,
  query: Readonly<Record<string, string>> = {},
  signal = rest.signal,
): Promise<RestAnswer> {
  const { endpoint, place, floor } = rest
  const answer = await endpoint.get(path, query, signal)
  const height = heightIn(answer, rest)
  if (height !== undefined && height < floor) {
    throw new SourceError('transient', `${place} lags behind: it answers for block ${height}, after ${floor} was read.`)
  }
  if (answer.status >= 200 && answer.status <= 299) {
    if (height === undefined) rest.isUntold = true
    else if (height > rest.newest) rest.newest = height
    return { type: 'found', body: answer.body, ...defined({ height }) }
  }
  const refusal = refused(answer, place)
  return refusal.type === 'unserved' ? refusal : { ...refusal, ...defined({ height }) }
}

/**
 * The height of an answer; `undefined` if the server reports none, several different ones, or one that the chain has
 * not reached.
 */
function heightIn(answer: HttpJsonResponse, { ceiling }: Rest): bigint | undefined {
  const [height, ...others] = toldHeights(answer)
  return height === undefined || height > ceiling || others.some((other) => other !== height) ? undefined : height
}

/** All heights in the headers of an answer; `undefined` for each value that is not a height. */
export function toldHeights({ headers }: Pick<HttpJsonResponse, 'headers'>): readonly (bigint | undefined)[] {
  return heightHeaders.flatMap((name) => headers.get(name)?.split(',') ?? []).map((value) => integerOf(value.trim()))
}

/**
 * Classifies a refusal.
 *
 * @throws SourceError if it says nothing about the chain: the server is overloaded, has just started, or denies access.
 */
export function refused(answer: HttpJsonResponse, place: string): Exclude<RestAnswer, { readonly type: 'found' }> {
  const { status, body, text } = answer
  const code = isJsonObject(body) ? integerOf(body['code']) : undefined
  const said = isJsonObject(body) && typeof body['message'] === 'string' ? body['message'] : text
  if (status === 429 || status === 402 || status === 401 || status === 403) throw refusalOf(answer, place)
  if (/latest height: 0\b/.test(said))
    throw new SourceError('transient', `${place} has just started and has no state yet.`)
  if (code !== undefined && busy.has(code)) throw refusalOf(answer, place)
  if (status === 501 || code === 12n) return { type: 'unserved' }
  // For an unknown route the gateway uses exactly this text.
  if (status === 404) return code === 5n && said !== 'Not Found' ? { type: 'missing', said } : { type: 'unserved' }
  if (code !== undefined || fallen.test(said)) return { type: 'broken', said: text }
  throw refusalOf(answer, place)
}

/** What was read before: the newest state, and the head at that time. */
export interface ReadBefore {
  readonly state: bigint
  readonly head: Pick<Head, 'number'>
}

/**
 * Creates the view of a REST server in one reading, with limits from what was read before and from the height of the
 * chain. A recorded state above the chain is ignored, so that one wrong header does not make all other answers look
 * outdated.
 */
export function restAt(
  endpoint: HttpEndpoint,
  chain: string,
  head: Head,
  cursor: ReadBefore | undefined,
  signal: AbortSignal,
): Rest {
  const ceiling = head.number + maxLag
  const state = cursor?.state ?? 0n
  const read = state > ceiling ? 0n : state
  const least = head.number - maxLag
  return {
    endpoint,
    place: `${endpoint.host} of ${chain}`,
    signal,
    ceiling,
    floor: read > least ? read : least,
    newest: read,
    isUntold: false,
    lastHead: cursor === undefined || cursor.head.number > head.number ? 0n : cursor.head.number,
  }
}

/** Sends requests whose failure fails the reading. */
export function asking(rest: Rest): AskPath {
  return (path) => askRest(rest, path)
}
