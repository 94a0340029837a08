import type { PublicClient } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/head.js'
import type { Proposal } from '../../../domain/proposal.js'
import { cleanLine } from '../../../domain/text.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import { checkChainId } from '../../rpc/checkChainId.js'
import type { SourceLog } from '../../rpc/checkLogs.js'
import { type Answer, readCalls } from '../../rpc/readCalls.js'
import { readLogs } from '../../rpc/readLogs.js'
import { readBlock } from '../../readHead.js'
import { governorTopics } from './decodeGovernorLog.js'
import type { Question } from './questions.js'

/** What stays the same during one read. */
export interface Place {
  readonly chain: string
  readonly host: string
  readonly client: PublicClient
  /** Governors, in lower case. */
  readonly addresses: ReadonlySet<string>
  readonly chainId: number
}

/** A proposal and what is asked about it. */
export interface Inquiry {
  readonly proposal: Proposal
  readonly questions: readonly Question[]
}

export interface WindowQuery {
  /** Blocks to read logs of; none where `from` lies above `to`. */
  readonly from: bigint
  readonly to: bigint
  /** The hash block `to` must have, where it is known. */
  readonly hash?: string | undefined
  /** Asked at block `to`. */
  readonly inquiries: readonly Inquiry[]
  /** Blocks whose headers are wanted beside. */
  readonly headers: readonly bigint[]
}

export interface Window {
  readonly end: Head
  readonly logs: readonly SourceLog[]
  /** One list an inquiry. */
  readonly answers: readonly (readonly Answer[])[]
  readonly headers: readonly (Head | undefined)[]
  readonly nodeVersion?: string
}

/**
 * Reads logs, states and headers of one window of blocks: a single HTTP batch, all of it pinned to numbers.
 *
 * @throws SourceError, transient, where block `to` is not the expected one any more.
 */
export async function readWindow(
  { chain, host, client, addresses, chainId }: Place, { from, to, hash, inquiries, headers }: WindowQuery,
): Promise<Window> {
  // The header goes first, the logs after it: should the chain move in between, the recorded hash is the older
  // one, and the next reading finds out.
  const [, first, wanted, logs, answers, last, version] = await allInOrder([
    checkChainId(client, chainId, chain, host),
    readBlock(client, to, host),
    Promise.all(headers.map((number) => readBlock(client, number, host))),
    from > to ? [] : readLogs(client, { addresses, topics: governorTopics, from, to, host }),
    askAll(client, inquiries, to),
    hash === undefined ? undefined : readBlock(client, to, host),
    client.request({ method: 'web3_clientVersion' }).catch(() => undefined),
  ])
  if (first === undefined) {
    throw new SourceError('transient', `${host} of ${chain} does not have block ${to}, though it said so: it may be several nodes.`)
  }
  if (hash !== undefined && (first.hash !== hash || last?.hash !== hash)) {
    throw new SourceError('transient', `${chain} moved while block ${to} was read at ${host}.`)
  }
  return {
    end: first,
    logs,
    answers,
    headers: wanted,
    ...(typeof version === 'string' && { nodeVersion: cleanLine(version, 200) }),
  }
}

/** Puts all questions into as few calls as fit, and gives the answers back by inquiry. */
export async function askAll(client: PublicClient, inquiries: readonly Inquiry[], block: bigint): Promise<readonly (readonly Answer[])[]> {
  const answers = await readCalls(client, inquiries.flatMap(({ questions }) => questions.map(({ call }) => call)), block)
  let next = 0
  return inquiries.map(({ questions }) => answers.slice(next, (next += questions.length)))
}
