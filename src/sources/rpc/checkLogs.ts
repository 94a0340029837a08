import { isHash, isHex, type RpcLog } from 'viem'
import { SourceError } from '../../domain/errors.js'
import type { BlockRange } from './suggestedRange.js'

/** A log that was checked against what was asked. */
export interface SourceLog {
  /** As the node wrote it, in lower case. */
  readonly address: string
  readonly topics: readonly `0x${string}`[]
  readonly data: `0x${string}`
  readonly block: bigint
  readonly blockHash: string
  readonly index: number
  /** Unix seconds, where the node tells. */
  readonly timestamp?: bigint
}

export interface AskedLogs extends BlockRange {
  /** In lower case. */
  readonly addresses: ReadonlySet<string>
}

/**
 * Checks every log of an answer: it must be of an address and a block that were asked for. Removed logs and
 * repetitions of one (block hash, index) are dropped; the rest comes in chain order.
 *
 * @throws SourceError, transient, for a log nobody asked for or one that is not a log.
 */
export function checkLogs(logs: readonly RpcLog[], { addresses, from, to }: AskedLogs, host: string): readonly SourceLog[] {
  const seen = new Set<string>()
  const checked: SourceLog[] = []
  for (const log of logs) {
    if (log.removed) continue
    const parsed = parseLog(log)
    if (parsed === undefined) throw new SourceError('transient', `${host} answered with a log that cannot be read.`)
    if (!addresses.has(parsed.address) || parsed.block < from || parsed.block > to) {
      throw new SourceError('transient', `${host} answered with a log of block ${parsed.block} of ${parsed.address}, which was not asked for.`)
    }
    const id = `${parsed.blockHash}/${parsed.index}`
    if (seen.has(id)) continue
    seen.add(id)
    checked.push(parsed)
  }
  return inOrder(checked)
}

// The type is what viem promises, the value is what a node sent.
function parseLog(log: { readonly [key in keyof RpcLog]?: unknown }): SourceLog | undefined {
  const { address, topics, data, blockNumber, blockHash, logIndex, blockTimestamp } = log
  if (typeof address !== 'string' || !Array.isArray(topics) || topics.length > 4 || !topics.every(isTopic)) return undefined
  if (!isHex(data, { strict: false }) || !isQuantity(blockNumber) || !isQuantity(logIndex)) return undefined
  if (typeof blockHash !== 'string' || !isHash(blockHash)) return undefined
  return {
    address: address.toLowerCase(),
    topics,
    data,
    block: BigInt(blockNumber),
    blockHash: blockHash.toLowerCase(),
    index: Number(logIndex),
    ...(isQuantity(blockTimestamp) && { timestamp: BigInt(blockTimestamp) }),
  }
}

function isTopic(topic: unknown): topic is `0x${string}` {
  return isHex(topic, { strict: false }) && topic.length === 66
}

function isQuantity(value: unknown): value is `0x${string}` {
  return typeof value === 'string' && value.length <= 18 && /^0x[0-9a-f]+$/i.test(value)
}

function inOrder(logs: SourceLog[]): readonly SourceLog[] {
  return logs.sort((a, b) => (a.block === b.block ? a.index - b.index : a.block < b.block ? -1 : 1))
}
