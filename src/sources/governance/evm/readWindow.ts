import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { cleanLine } from '../../../domain/text/text.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import { checkChainId } from '../../rpc/checkChainId.js'
import type { SourceLog } from '../../rpc/logs/checkLogs.js'
import { type Answer, type Call, readCalls } from '../../rpc/readCalls.js'
import { readLogs } from '../../rpc/logs/readLogs.js'
import { mayHoldLogs } from '../../rpc/logs/mayHoldLogs.js'
import { readBlock, readHeader } from '../../readHead.js'
import { BehindError, MovedError } from './target.js'
import type { ChainClient } from './context.js'

/** Selects the logs to read. */
export interface LogFilter {
  /** Lower case. */
  readonly addresses: ReadonlySet<string>
  /** The first topic of a log must be one of these. */
  readonly topics: readonly `0x${string}`[]
}

export interface WindowQuery {
  readonly filter: LogFilter
  /** Blocks to read logs of; none if `from` is greater than `to`. */
  readonly from: bigint
  readonly to: bigint
  /** The expected hash of block `to`, if known. */
  readonly hash?: string | undefined
  /** Views to read at block `to`. */
  readonly calls: readonly Call[]
  /** Blocks whose headers are read as well. */
  readonly headers: readonly bigint[]
}

export interface Window {
  readonly end: Head
  readonly logs: readonly SourceLog[]
  /** One answer per call. */
  readonly answers: readonly Answer[]
  readonly headers: readonly (Head | undefined)[]
  readonly nodeVersion?: string
  /**
   * The bloom filter of block `to` indicates matching logs, but the node returned none: its log index may be behind its
   * head.
   */
  readonly isUnsure: boolean
}

/**
 * Reads logs, views and headers of one window of blocks in a single HTTP batch, all by block number.
 *
 * @throws SourceError, transient, if block `to` is no longer the expected one, or a log belongs to a different block
 *   than the header at its height.
 */
export async function readWindow(
  { chain, host, client, chainId }: ChainClient,
  { filter, from, to, hash, calls, headers }: WindowQuery,
): Promise<Window> {
  // The header is read before the logs. If the chain moves in between, the recorded hash is the older one, and the next
  // reading notices the reorg.
  const [, first, wanted, logs, answers, last, version] = await allInOrder([
    checkChainId(client, chainId, chain, host),
    readHeader(client, to, host),
    Promise.all(headers.map((number) => readBlock(client, number, host))),
    from > to ? [] : readLogs(client, { ...filter, from, to, host }),
    readCalls(client, calls, to),
    hash === undefined ? undefined : readBlock(client, to, host),
    client.request({ method: 'web3_clientVersion' }).catch(() => undefined),
  ])
  if (first === undefined) {
    throw new BehindError(
      `${host} of ${chain} does not have block ${to}, although it said so: several nodes may share this URL.`,
    )
  }
  const { head: end, logsBloom } = first
  if (hash !== undefined && (end.hash !== hash || last?.hash !== hash)) {
    throw new MovedError(`${chain} had a reorg while block ${to} was read at ${host}.`)
  }
  const known = new Map([end, ...wanted].flatMap((head) => (head === undefined ? [] : [[head.number, head.hash]])))
  const stray = logs.find((log) => log.blockHash !== (known.get(log.block) ?? log.blockHash))
  if (stray !== undefined) {
    throw new SourceError(
      'transient',
      `${host} of ${chain} answered with a log of a block ${stray.block} that is not the block of its header.`,
    )
  }
  return {
    end,
    isUnsure:
      from <= to &&
      logsBloom !== undefined &&
      !logs.some(({ block }) => block === to) &&
      mayHoldLogs(logsBloom, filter),
    logs,
    answers,
    headers: wanted,
    ...(typeof version === 'string' && { nodeVersion: cleanLine(version, 200) }),
  }
}
