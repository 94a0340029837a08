import { isHash, isHex, type RpcLog } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import type { BlockRange } from './suggestedRange.js'

/** A log that was checked against what was asked. */
export interface SourceLog {
  /** As the node wrote it, in lower case. */
  readonly address: string
  readonly topics: readonly `0x${string}`[]
  readonly data: `0x${string}`
  readonly block: bigint
  readonly blockHash: string
  /** Place in the block: grows from transaction to transaction and from log to log, whatever the node counts from. */
  readonly index: number
  /** Unix seconds, where the node tells. */
  readonly timestamp?: bigint
}

export interface AskedLogs extends BlockRange {
  /** In lower case. */
  readonly addresses: ReadonlySet<string>
}

// More logs than a block holds. Several chains count logs anew in each transaction, the others through the block.
const perTransaction = 2 ** 20

/** The number the node gave the log at a place. */
export function logNumber(index: number): number {
  return index % perTransaction
}

/** The number of the transaction in its block that made the log at a place. */
export function transactionNumber(index: number): number {
  return Math.floor(index / perTransaction)
}

/**
 * Checks every log of an answer: it must be of an address and a block that were asked for. Removed logs and
 * repetitions of one (block hash, transaction, log) are dropped; the rest comes in chain order.
 *
 * @throws SourceError, transient, for a log nobody asked for, one that is not a log, or two blocks of one number.
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
        `${host} answered with logs of two blocks ${parsed.block}: the chain moved while they were read.`,
      )
    hashes.set(parsed.block, known)
    const id = `${parsed.blockHash}/${transaction}/${parsed.index}`
    if (seen.has(id)) continue
    seen.add(id)
    checked.push(sourceLog)
  }
  return inOrder(checked)
}

// The type is what viem promises, the value is what a node sent.
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
