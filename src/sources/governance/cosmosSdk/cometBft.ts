import * as z from 'zod'
import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { isJsonObject } from '../../../domain/text/json.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { NodeState } from '../GovernanceReader.js'
import { refusalOf } from '../../http/refusalOf.js'
import { placeholderHash } from './checkpoints.js'
import { secondsOf, integerOf } from './scalars.js'

/** The head of a CometBFT node, and its chain. */
export interface NodeStatus {
  readonly network: string
  readonly head: Head
  /** The oldest block it still has. Together with the head it gives the block time. */
  readonly earliest?: Head
}

const statusResult = z.object({
  node_info: z.object({ network: z.string().min(1).max(100) }),
  // The keys are optional because z.unknown() alone requires the key.
  sync_info: z.object({
    latest_block_hash: z.unknown().optional(),
    latest_block_height: z.unknown().optional(),
    latest_block_time: z.unknown().optional(),
    earliest_block_hash: z.unknown().optional(),
    earliest_block_height: z.unknown().optional(),
    earliest_block_time: z.unknown().optional(),
    catching_up: z.boolean().nullish(),
  }),
})
// Some servers omit the JSON-RPC envelope.
const statusAnswer = z.union([z.object({ result: statusResult }).transform(({ result }) => result), statusResult])

/** Decodes the status in an answer; returns `undefined` if there is none, or if its height is zero. */
export function decodeStatus(body: unknown): (NodeStatus & { readonly catchingUp: boolean }) | undefined {
  const parsed = statusAnswer.safeParse(body)
  if (!parsed.success) return undefined
  const { node_info, sync_info } = parsed.data
  const head = headOf(sync_info.latest_block_height, sync_info.latest_block_time, sync_info.latest_block_hash)
  if (head === undefined) return undefined
  const earliest = headOf(sync_info.earliest_block_height, sync_info.earliest_block_time, sync_info.earliest_block_hash)
  return {
    network: node_info.network,
    head,
    ...(earliest !== undefined && earliest.number <= head.number && { earliest }),
    catchingUp: sync_info.catching_up ?? false,
  }
}

function headOf(height: unknown, time: unknown, hash: unknown): Head | undefined {
  const number = integerOf(height)
  const timestamp = secondsOf(time)
  if (number === undefined || number === 0n || number >= 2n ** 63n || timestamp === undefined) return undefined
  // The status does not contain the parent hash. It is not needed, because CometBFT blocks are final.
  return { number, timestamp, hash: hashOf(hash) ?? placeholderHash(number), parentHash: '' }
}

/** A block hash in upper case; `undefined` if it is not a hash. */
function hashOf(hash: unknown): string | undefined {
  return typeof hash === 'string' && /^(?!0{64}$)[0-9A-Fa-f]{64}$/.test(hash) ? hash.toUpperCase() : undefined
}

/**
 * Reads the head of a CometBFT node.
 *
 * @throws SourceError if the node is on another chain than `expected`, or still catching up.
 */
export async function readStatus(
  endpoint: HttpEndpoint,
  expected: string | undefined,
  chain: string,
  signal: AbortSignal,
): Promise<NodeStatus> {
  const status = await readAnyStatus(endpoint, expected, chain, signal)
  if (status.catchingUp)
    throw new SourceError(
      'transient',
      `${endpoint.host} of ${chain} is still catching up with its chain, at block ${status.head.number}: it is read once it has caught up.`,
    )
  return status
}

/** Reads the head of a node even if it is still catching up. */
export async function readNodeState(...asked: Parameters<typeof readStatus>): Promise<Required<NodeState>> {
  const { head, catchingUp } = await readAnyStatus(...asked)
  return { head, isSyncing: catchingUp }
}

async function readAnyStatus(
  endpoint: HttpEndpoint,
  expected: string | undefined,
  chain: string,
  signal: AbortSignal,
): Promise<NodeStatus & { readonly catchingUp: boolean }> {
  const place = `${endpoint.host} of ${chain}`
  const plain = await endpoint.get('/status', {}, signal)
  // CometBFT 1.0 may serve its methods only below a version prefix.
  const answer = plain.status === 404 ? await endpoint.get('/v1/status', {}, signal) : plain
  if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, place)
  const status = decodeStatus(answer.body)
  if (status === undefined)
    throw new SourceError(
      'transient',
      `${place} answered with something that is not a CometBFT status: check that rpc.urls are CometBFT endpoints.`,
    )
  const { network } = status
  if (expected !== undefined && network !== expected) {
    throw new SourceError(
      'permanent',
      `${place} is on chain ${network}, expected ${expected}: check rpc.urls and rpc.chainId.`,
    )
  }
  return status
}

const blockResult = z.object({
  block_id: z.object({ hash: z.unknown().optional() }),
  block: z.object({
    header: z.object({
      chain_id: z.string().min(1).max(100),
      height: z.unknown().optional(),
      time: z.unknown().optional(),
    }),
  }),
})
// Some servers omit the JSON-RPC envelope.
const blockAnswer = z.union([z.object({ result: blockResult }).transform(({ result }) => result), blockResult])

/**
 * Reads the block of a CometBFT node at a height; returns `undefined` if the node has not reached it.
 *
 * @throws SourceError if the node has pruned the block, is on another chain, or answers with another block.
 */
export async function readHeight(...asked: Parameters<typeof readBlockAt>): Promise<Head | undefined> {
  return (await readBlockAt(...asked))?.head
}

/** Like {@link readHeight}, with the id of the chain. */
export async function readBlockAt(
  endpoint: HttpEndpoint,
  height: bigint,
  expected: string | undefined,
  chain: string,
  signal: AbortSignal,
): Promise<Pick<NodeStatus, 'network' | 'head'> | undefined> {
  const place = `${endpoint.host} of ${chain}`
  const query = { height: height.toString() }
  const plain = await endpoint.get('/block', query, signal)
  // CometBFT 1.0 may serve its methods only below a version prefix.
  const answer = plain.status === 404 ? await endpoint.get('/v1/block', query, signal) : plain
  if (/must be less than or equal to the current blockchain height/.test(answer.text)) return undefined
  if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, place)
  const parsed = blockAnswer.safeParse(answer.body)
  if (!parsed.success)
    throw new SourceError('transient', `${place} answered with something that is not block ${height}.`)
  const {
    block_id,
    block: { header },
  } = parsed.data
  if (expected !== undefined && header.chain_id !== expected) {
    throw new SourceError(
      'permanent',
      `${place} is on chain ${header.chain_id}, expected ${expected}: check rpc.urls and rpc.chainId.`,
    )
  }
  const timestamp = secondsOf(header.time)
  if (integerOf(header.height) !== height || timestamp === undefined)
    throw new SourceError('transient', `${place} answered with something that is not block ${height}.`)
  const hash = hashOf(block_id.hash) ?? placeholderHash(height)
  return { network: header.chain_id, head: { number: height, timestamp, hash, parentHash: '' } }
}

/**
 * Reads the block hash of a CometBFT node at a height; returns `undefined` if there is none or the node does not report
 * it.
 */
export async function readBlockHash(
  endpoint: HttpEndpoint,
  height: bigint,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const path of ['/commit', '/block']) {
    const { status, body } = await endpoint.get(path, { height: height.toString() }, signal)
    const hash = status >= 200 && status <= 299 ? hashIn(body, height) : undefined
    if (hash !== undefined) return hash
  }
  return undefined
}

/**
 * Extracts the hash from an answer of `/commit` or `/block`; returns `undefined` if it is for another height. Never
 * throws.
 */
export function hashIn(body: unknown, height: bigint): string | undefined {
  const result = isJsonObject(body) && isJsonObject(body['result']) ? body['result'] : body
  const signed = partOf(result, 'signed_header')
  const header = partOf(signed, 'header') ?? partOf(partOf(result, 'block'), 'header')
  const id = partOf(partOf(signed, 'commit'), 'block_id') ?? partOf(result, 'block_id')
  return integerOf(header?.['height']) === height ? hashOf(id?.['hash']) : undefined
}

function partOf(value: unknown, key: string): Readonly<Record<string, unknown>> | undefined {
  const part = isJsonObject(value) ? value[key] : undefined
  return isJsonObject(part) ? part : undefined
}

/**
 * Reads the application version in a block. The version that a node claims to run proves less, because one node can
 * contain several.
 *
 * @throws SourceError if the node does not report the block at that height, or its version.
 */
export async function readAppVersion(
  endpoint: HttpEndpoint,
  height: bigint,
  chain: string,
  signal: AbortSignal,
): Promise<bigint> {
  for (const path of ['/commit', '/block']) {
    const { status, body } = await endpoint.get(path, { height: height.toString() }, signal)
    const version = status >= 200 && status <= 299 ? appVersionIn(body, height) : undefined
    if (version !== undefined) return version
  }
  throw new SourceError(
    'transient',
    `${endpoint.host} of ${chain} does not report the application version of block ${height}.`,
  )
}

// Far more than any chain will have.
const maxAppVersion = 2n ** 32n

/**
 * Extracts the version from an answer of `/commit` or `/block`; returns `undefined` if it is for another height. Never
 * throws.
 */
export function appVersionIn(body: unknown, height: bigint): bigint | undefined {
  const header = headerIn(body)
  if (integerOf(header?.['height']) !== height) return undefined
  const version = integerOf(partOf(header, 'version')?.['app'] ?? '0')
  return version === undefined || version > maxAppVersion ? undefined : version
}

function headerIn(body: unknown): Readonly<Record<string, unknown>> | undefined {
  const result = isJsonObject(body) && isJsonObject(body['result']) ? body['result'] : body
  return partOf(partOf(result, 'signed_header'), 'header') ?? partOf(partOf(result, 'block'), 'header')
}
