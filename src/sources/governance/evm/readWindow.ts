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

/** Which logs are read. */
export interface LogFilter {
  /** In lower case. */
  readonly addresses: ReadonlySet<string>
  /** Any of these as first topic. */
  readonly topics: readonly `0x${string}`[]
}

export interface WindowQuery {
  readonly filter: LogFilter
  /** Blocks to read logs of; none where `from` lies above `to`. */
  readonly from: bigint
  readonly to: bigint
  /** The hash block `to` must have, where it is known. */
  readonly hash?: string | undefined
  /** Asked at block `to`. */
  readonly calls: readonly Call[]
  /** Blocks whose headers are wanted beside. */
  readonly headers: readonly bigint[]
}

export interface Window {
  readonly end: Head
  readonly logs: readonly SourceLog[]
  /** One a call. */
  readonly answers: readonly Answer[]
  readonly headers: readonly (Head | undefined)[]
  readonly nodeVersion?: string
  /** The header of block `to` speaks of logs, and the node gave none: its index may be behind its head. */
  readonly isUnsure: boolean
}

/**
 * Reads logs, views and headers of one window of blocks: a single HTTP batch, all of it pinned to numbers.
 *
 * @throws SourceError, transient, where block `to` is not the expected one any more, or a log is of another block
 * than its header.
 */
export async function readWindow(
  { chain, host, client, chainId }: ChainClient,
  { filter, from, to, hash, calls, headers }: WindowQuery,
): Promise<Window> {
  // The header goes first, the logs after it: should the chain move in between, the recorded hash is the older
  // one, and the next reading finds out.
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
    throw new BehindError(`${host} of ${chain} does not have block ${to}, though it said so: it may be several nodes.`)
  }
  const { head: end, logsBloom } = first
  if (hash !== undefined && (end.hash !== hash || last?.hash !== hash)) {
    throw new MovedError(`${chain} moved while block ${to} was read at ${host}.`)
  }
  const known = new Map([end, ...wanted].flatMap((head) => (head === undefined ? [] : [[head.number, head.hash]])))
  const stray = logs.find((log) => log.blockHash !== (known.get(log.block) ?? log.blockHash))
  if (stray !== undefined) {
    throw new SourceError(
      'transient',
      `${host} of ${chain} answered with a log of a block ${stray.block} that is not the one its header tells of.`,
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
