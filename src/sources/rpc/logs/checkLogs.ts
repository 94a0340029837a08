import { isHash, isHex, type RpcLog } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import type { BlockRange } from './suggestedRange.js'

/** A log that was checked against the query. */
export interface SourceLog {
  /** Lower case. */
  readonly address: string
  readonly topics: readonly `0x${string}`[]
  readonly data: `0x${string}`
  readonly block: bigint
  readonly blockHash: string
  /**
   * Position in the block: increases with each transaction and each log, whether the node numbers logs by block or by
   * transaction.
   */
  readonly index: number
  /** Unix seconds, if the node reports it. */
  readonly timestamp?: bigint
}

export interface AskedLogs extends BlockRange {
  /** Lower case. */
  readonly addresses: ReadonlySet<string>
}

// More than the number of logs in a block. Some chains number logs anew in each transaction, others through the block.
const perTransaction = 2 ** 20

/** Returns the log index that the node reported. */
export function logNumber(index: number): number {
  return index % perTransaction
}

/** Returns the index of the transaction in its block. */
export function transactionNumber(index: number): number {
  return Math.floor(index / perTransaction)
}

/**
 * Checks every log of an answer: its address and block must be among those requested. Removed logs and duplicates of
 * one (block hash, transaction, log) are dropped. The result is in chain order.
 *
 * @throws SourceError, transient, for a log that was not requested or is malformed, or for two blocks with the same
 *   number.
 */
export function checkLogs(
  logs: readonly RpcLog[],
  { addresses, from, to }: AskedLogs,
  host: string,
): readonly SourceLog[] {
  const seen = new Set<string>()
  const hashes = new Map<bigint, string>()
  const checked: SourceLog[] = []
  for (const log of logs) {
    if (log.removed) continue
    const parsed = parseLog(log)
    if (parsed === undefined) throw new SourceError('transient', `${host} answered with a log that cannot be read.`)
    if (!addresses.has(parsed.address) || parsed.block < from || parsed.block > to) {
      throw new SourceError(
        'transient',
        `${host} answered with a log of block ${parsed.block} of ${parsed.address}, which was not asked for.`,
      )
    }
    const { transaction, ...sourceLog } = parsed
    const known = hashes.get(parsed.block) ?? parsed.blockHash
    if (known !== parsed.blockHash)
      throw new SourceError(
        'transient',
        `${host} answered with logs of two blocks ${parsed.block}: the chain had a reorg while they were read.`,
      )
    hashes.set(parsed.block, known)
    const id = `${parsed.blockHash}/${transaction}/${parsed.index}`
    if (seen.has(id)) continue
    seen.add(id)
    checked.push(sourceLog)
  }
  return inOrder(checked)
}

// viem declares a type, but the values are whatever the node sent.
function parseLog(log: { readonly [key in keyof RpcLog]?: unknown }):
  (SourceLog & { readonly transaction: string }) | undefined {
  const { address, topics, data, blockNumber, blockHash, transactionHash, transactionIndex, logIndex, blockTimestamp } =
    log
  if (typeof address !== 'string' || !Array.isArray(topics) || topics.length > 4 || !topics.every(isTopic))
    return undefined
  if (!isHex(data) || data.length % 2 !== 0 || !isQuantity(blockNumber) || !isQuantity(logIndex)) return undefined
  if (typeof blockHash !== 'string' || !isHash(blockHash)) return undefined
  const place = (isQuantity(transactionIndex) ? Number(transactionIndex) : 0) * perTransaction + Number(logIndex)
  if (Number(logIndex) >= perTransaction || !Number.isSafeInteger(place)) return undefined
  return {
    address: address.toLowerCase(),
    topics,
    data,
    block: BigInt(blockNumber),
    blockHash: blockHash.toLowerCase(),
    index: place,
    transaction: typeof transactionHash === 'string' ? transactionHash.toLowerCase() : '',
    ...(isQuantity(blockTimestamp) && { timestamp: BigInt(blockTimestamp) }),
  }
}

function isTopic(topic: unknown): topic is `0x${string}` {
  return typeof topic === 'string' && isHash(topic)
}

function isQuantity(value: unknown): value is `0x${string}` {
  return typeof value === 'string' && value.length <= 18 && /^0x[0-9a-f]+$/i.test(value)
}

function inOrder(logs: SourceLog[]): readonly SourceLog[] {
  return logs.sort((a, b) => (a.block === b.block ? a.index - b.index : a.block < b.block ? -1 : 1))
}
