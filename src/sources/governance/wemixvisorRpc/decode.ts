import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import { isJsonObject } from '../../../domain/text/json.js'
import { cleanLine } from '../../../domain/text/text.js'
import { defined } from '../../../domain/defined.js'
import type { JsonRpcAnswer } from '../../jsonRpc/matchAnswers.js'
import { placeholderHash } from '../cosmosSdk/checkpoints.js'
import { secondsOf, integerOf } from '../cosmosSdk/scalars.js'

type Fields = Readonly<Record<string, unknown>>

/** The answer to `status`. */
export interface NodeStatus {
  readonly height: bigint
  readonly hash?: string
  /** Unix seconds. */
  readonly time?: bigint
  readonly network?: string
  readonly version?: string
  readonly isCatchingUp: boolean
}

/** The answer to `block`. */
export interface BlockFacts {
  readonly height?: bigint
  readonly hash?: string
  readonly parentHash?: string
  /** Unix seconds. */
  readonly time?: bigint
  readonly network?: string
}

// Above the height of any chain, and below the limit of safe integers.
const maxHeight = 2n ** 53n - 1n

/** Decodes the answer to `status`; returns `undefined` if it contains no height. Never throws. */
export function decodeStatus(answer: unknown): NodeStatus | undefined {
  const sync = fieldsOf(answer, 'sync_info')
  const node = fieldsOf(answer, 'node_info')
  const height = integerOf(sync['latest_block_height'])
  if (height === undefined || height > maxHeight) return undefined
  return {
    height,
    ...present({
      hash: hashOf(sync['latest_block_hash']),
      time: secondsOf(sync['latest_block_time']),
      network: textOf(node['network']),
      version: textOf(node['version']),
    }),
    isCatchingUp: sync['catching_up'] === true,
  }
}

/** Decodes the answer to `block`; missing values are absent. Never throws. */
export function decodeBlock(answer: unknown): BlockFacts {
  const header = fieldsOf(fieldsOf(answer, 'block'), 'header')
  return present({
    height: integerOf(header['height']),
    hash: hashOf(header['hash']) ?? hashOf(fieldsOf(answer, 'block_id')['hash']),
    parentHash: hashOf(header['parent_hash']) ?? hashOf(fieldsOf(header, 'last_block_id')['hash']),
    time: secondsOf(header['time']),
    network: textOf(header['chain_id']),
  })
}

/**
 * Builds the head from all answers about it. Without a hash one is made from the height: it still changes with every
 * block, but cannot show that a block was replaced.
 */
export function headOf(
  { height, hash, time }: Pick<NodeStatus, 'height' | 'hash' | 'time'>,
  block: BlockFacts,
  hostTime: bigint,
): Head {
  return {
    number: height,
    hash: hash ?? block.hash ?? placeholderHash(height),
    parentHash: block.parentHash ?? placeholderHash(height - 1n),
    timestamp: time ?? block.time ?? hostTime,
  }
}

/**
 * The block at a height; `undefined` if the node has not reached it. If a server reports nothing about its blocks, its
 * status alone confirms the height.
 *
 * @throws SourceError if the answer is about another block.
 */
export function blockAt(
  height: bigint,
  status: NodeStatus,
  block: BlockFacts,
  place: string,
  hostTime: bigint,
): Head | undefined {
  if (status.height < height) return undefined
  if (block.height !== undefined && block.height !== height) {
    throw new SourceError(
      'transient',
      `${place} answered with block ${block.height} where block ${height} was asked for.`,
    )
  }
  const { hash, time } = status.height === height ? status : {}
  return headOf({ height, ...defined({ hash, time }) }, block, hostTime)
}

/** Parses a hash; zeros are not a hash. */
function hashOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^(?:0x)?(?!0*$)[0-9a-f]{1,128}$/i.test(value) ? value.toLowerCase() : undefined
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? cleanLine(value, 128) : ''
  return text === '' ? undefined : text
}

/** The object at a key; empty if there is none. */
export function fieldsOf(value: unknown, key: string): Fields {
  const fields = isJsonObject(value) ? value[key] : undefined
  return isJsonObject(fields) ? fields : {}
}

/** Omits undefined values. */
function present<T extends Fields>(fields: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const told: { [K in keyof T]?: Exclude<T[K], undefined> } = {}
  for (const key in fields) {
    const value = fields[key]
    if (value !== undefined) Object.assign(told, { [key]: value })
  }
  return told
}

/** @throws SourceError if the answer is not a status, or the node is still catching up. */
export function statusIn(answer: JsonRpcAnswer | undefined, chain: string, host: string): NodeStatus {
  const status = anyStatusIn(answer, chain, host)
  if (status.isCatchingUp)
    throw new SourceError(
      'transient',
      `${host} of ${chain} is still catching up with its chain, at block ${status.height}.`,
    )
  return status
}

/** Like {@link statusIn}, but also for a node that is still catching up. */
export function anyStatusIn(answer: JsonRpcAnswer | undefined, chain: string, host: string): NodeStatus {
  if (answer?.ok === false) throw answer.error
  const status = decodeStatus(answer?.result)
  if (status === undefined)
    throw new SourceError('transient', `${host} of ${chain} answered status with something that names no height.`)
  return status
}

/** @throws SourceError, permanent, if the node is on another chain. */
export function checkNetwork(found: string, expected: string | undefined, chain: string, host: string): void {
  if (expected === undefined || found === expected) return
  throw new SourceError(
    'permanent',
    `${host} of ${chain} is on chain ${found}, expected ${expected}: check rpc.urls and rpc.chainId.`,
  )
}
