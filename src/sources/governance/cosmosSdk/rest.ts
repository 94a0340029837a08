import type { Head } from '../../../domain/blocks/head.js'
import { maxLag } from './contradictedHead.js'
import { decodeNodeInfo, networkOfBlock, type NodeInfo } from './nodeInfo.js'
import { SourceError } from '../../../domain/errors.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { defined } from '../../../domain/defined.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { refusalOf } from '../../http/refusalOf.js'
import type { HttpJsonResponse } from '../../http/requestJson.js'
import { wholeOf } from './scalars.js'

/** What a REST server says to one question. */
type RestAnswer =
  | { readonly type: 'found'; readonly body: unknown; readonly height?: bigint }
  /** The thing asked for is not on the chain, as the server knows it at that height. */
  | { readonly type: 'missing'; readonly said: string; readonly height?: bigint }
  /** The server does not know the path: the chain is older, or has no such module. */
  | { readonly type: 'unserved' }
  /** The chain's own code fell over the question: one bad proposal spoils every list it is in. */
  | { readonly type: 'broken'; readonly said: string; readonly height?: bigint }

/** Asks a REST server one question, by its path; `unknown` is for who can do without the answer. */
export type AskPath = (path: string) => Promise<RestAnswer | Unanswered>

interface Unanswered {
  readonly type: 'unknown'
  /** It was asked, and this question failed: others were not asked any more. */
  readonly hasFailed?: true
}

/** One REST server in one reading. */
export interface Rest {
  readonly endpoint: HttpEndpoint
  /** `<host> of <chain>`, for the sentences of failures. */
  readonly place: string
  readonly signal: AbortSignal
  /** State older than this height was read before: such an answer would turn things back. */
  readonly floor: bigint
  /** An answer that claims a height above this one tells none: the chain is not there yet. */
  readonly ceiling: bigint
  /** Head of the last reading: what a server says is absent at this height or above is. */
  readonly lastHead: bigint
  /** Height of the newest answer so far. */
  newest: bigint
  /** Whether an answer so far told no height: it may be older than what was read before. */
  isUntold: boolean
}

// One header under the names that gateways give it.
const heightHeaders = [
  'Grpc-Metadata-X-Cosmos-Block-Height',
  'X-Cosmos-Block-Height',
  'Grpc-Trailer-X-Cosmos-Block-Height',
  'Grpcgateway-X-Cosmos-Block-Height',
]
const fallen = /proto: |no concrete type registered|can't convert a gov\/v1|type mismatch, parameter|strconv\.Parse/i
const busy = new Set([4n, 8n, 14n])

/**
 * Asks one question.
 *
 * @throws SourceError where the server fails, is too busy, has just started or lags behind what was read before.
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
 * The height an answer is for; `undefined` where the server says none, several, or one that the chain has not reached.
 */
function heightIn(answer: HttpJsonResponse, { ceiling }: Rest): bigint | undefined {
  const [height, ...others] = toldHeights(answer)
  return height === undefined || height > ceiling || others.some((other) => other !== height) ? undefined : height
}

/** All that an answer says of its height; `undefined` for what is none. */
export function toldHeights({ headers }: Pick<HttpJsonResponse, 'headers'>): readonly (bigint | undefined)[] {
  return heightHeaders.flatMap((name) => headers.get(name)?.split(',') ?? []).map((value) => wholeOf(value.trim()))
}

/**
 * What a refusal says.
 *
 * @throws SourceError where it says nothing of the chain: the server is busy, has just started, or lets nobody in.
 */
export function refused(answer: HttpJsonResponse, place: string): Exclude<RestAnswer, { readonly type: 'found' }> {
  const { status, body, text } = answer
  const code = isJsonObject(body) ? wholeOf(body['code']) : undefined
  const said = isJsonObject(body) && typeof body['message'] === 'string' ? body['message'] : text
  if (status === 429 || status === 402 || status === 401 || status === 403) throw refusalOf(answer, place)
  if (/latest height: 0\b/.test(said))
    throw new SourceError('transient', `${place} has just started and has no state yet.`)
  if (code !== undefined && busy.has(code)) throw refusalOf(answer, place)
  if (status === 501 || code === 12n) return { type: 'unserved' }
  // A route the gateway does not know says exactly this.
  if (status === 404) return code === 5n && said !== 'Not Found' ? { type: 'missing', said } : { type: 'unserved' }
  if (code !== undefined || fallen.test(said)) return { type: 'broken', said: text }
  throw refusalOf(answer, place)
}

/** What was read before: the newest state, and the head of then. */
export interface ReadBefore {
  readonly state: bigint
  readonly head: Pick<Head, 'number'>
}

/**
 * A REST server, held to what was read before and to the height of the chain. A state that lies beyond the chain was
 * never read: one wrong header must not make all others count as old.
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

export const nodeInfoPath = '/cosmos/base/tendermint/v1beta1/node_info'

/**
 * Asks a REST server what it runs. Servers that do not tell are taken at their word.
 *
 * @param ask - How it is asked. @defaultValue as what no reading can do without
 * @throws SourceError, permanent, where it serves another chain than `expected`.
 */
export async function readNodeInfo(rest: Rest, expected: string, ask = asking(rest)): Promise<NodeInfo> {
  return nodeInfoIn(await ask(nodeInfoPath), rest, expected)
}

function nodeInfoIn(answer: Awaited<ReturnType<AskPath>>, rest: Rest, expected: string): NodeInfo {
  const info = answer.type === 'found' ? decodeNodeInfo(answer.body) : {}
  if (info.network !== undefined) requireNetwork(rest, info.network, expected)
  return info
}

function requireNetwork({ place }: Rest, network: string, expected: string): void {
  if (network === expected) return
  throw new SourceError(
    'permanent',
    `${place} serves chain ${network}, expected ${expected}: check governance.rest and rpc.chainId.`,
  )
}

/**
 * What a server is that has not told its chain yet. One that does not answer that may answer all the rest: then its
 * newest block tells of which chain it is.
 *
 * @throws SourceError where it serves another chain, or tells it neither way.
 */
async function identify(rest: Rest, expected: string, aside: AskPath): Promise<NodeInfo> {
  const info = await aside(nodeInfoPath)
  if (info.type !== 'unknown') return nodeInfoIn(info, rest, expected)
  const block = await askRest(rest, '/cosmos/base/tendermint/v1beta1/blocks/latest')
  const network = block.type === 'found' ? networkOfBlock(block.body) : undefined
  if (network === undefined)
    throw new SourceError('transient', `${rest.place} does not answer when it is asked which chain it serves.`)
  requireNetwork(rest, network, expected)
  return {}
}

/** Asks what no reading can do without. */
export function asking(rest: Rest): AskPath {
  return (path) => askRest(rest, path)
}

/** What is known of REST servers while the process lives. */
export interface RestMemory {
  /** Those that serve this chain. */
  readonly verified: Set<HttpEndpoint>
  /** What the operator's own, the first one, said that it runs; absent while another one serves. */
  nodeVersion?: string
  /** Host time at which it was asked for that. */
  versionAskedAt?: number
  /** By REST server: the host time at which it last hung when asked what it runs. */
  readonly infoHungAt: Map<HttpEndpoint, number>
}

/** What is asked of a server beside its chain. */
interface VersionQuestion {
  /** The first of the list is the operator's own: what others run says nothing about its switch. */
  readonly isOwn: boolean
  /** A vote has a plan for it. */
  readonly isWanted: boolean
  /** Host time. */
  readonly now: number
}

// A plan of the operator's own is known to no reader: its file counts as not taken a minute after the height.
const versionEveryMs = 20_000

/**
 * Makes sure that the server serves this chain, and asks the operator's own what it runs: by `aside`, for the height of
 * an upgrade must not pass unread where a server does not tell. What it told last then stands: to tell nothing would
 * count as an outage.
 */
export async function verifyServer(
  rest: Rest,
  network: string,
  { isOwn, isWanted, now }: VersionQuestion,
  memory: RestMemory,
  aside: AskPath,
): Promise<void> {
  if (!isOwn) {
    delete memory.nodeVersion
    delete memory.versionAskedAt
  }
  const isDue = isOwn && (isWanted || Math.abs(now - (memory.versionAskedAt ?? -Infinity)) >= versionEveryMs)
  const isVerified = memory.verified.has(rest.endpoint)
  if (isVerified && !isDue) return
  const { version } = isVerified ? await readNodeInfo(rest, network, aside) : await identify(rest, network, aside)
  memory.verified.add(rest.endpoint)
  if (!isOwn) return
  memory.versionAskedAt = now
  if (version !== undefined) memory.nodeVersion = version
}
