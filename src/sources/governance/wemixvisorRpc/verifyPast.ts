import { SourceError } from '../../../domain/errors.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import { type BlockHash, isUnreachable, isImpossibleHead, isSameChain } from '../cosmosSdk/checkpoints.js'
import { giveUpHead, maxLag } from '../cosmosSdk/contradictedHead.js'
import type { Cursor } from './cursor.js'
import { resetChainError } from '../historyMismatch.js'
import { type BlockFacts, decodeBlock, type NodeStatus } from './decode.js'

export interface PastOptions {
  readonly endpoint: JsonRpcEndpoint
  /** `<host> of <chain>`, for the sentences of failures. */
  readonly place: string
  /** Whether the head that was read before may be given up: no node has said it again. */
  readonly mayFall: boolean
  /** Host clock, Unix milliseconds. */
  readonly now: number
  readonly signal: AbortSignal
}

/**
 * Compares where a node stands with what was read before: `behind` where it lags, `fallen` where the head of then was
 * never on the chain.
 *
 * @throws SourceError where it claims a height that cannot be reached by now, or stands on another chain;
 * one that `lookAgainIfContradicted` looks at again where it may be the head of then that is wrong.
 */
export async function verifyPast(
  status: NodeStatus,
  cursor: Cursor | undefined,
  options: PastOptions,
): Promise<'onward' | 'behind' | 'fallen'> {
  const { place, mayFall, now } = options
  const { height } = status
  if (isUnreachable(height, cursor?.head, now) && (await blockAt(height, options)) === undefined) {
    throw new SourceError(
      'transient',
      `${place} claims to stand at block ${height}, which cannot be reached by now, and has no such block.`,
    )
  }
  if (cursor === undefined || height >= cursor.head.number) return 'onward'
  const { head: mark } = cursor
  if (mark.number - height <= maxLag) return 'behind'
  const time = status.time ?? (await blockAt(height, options))?.time
  // Times only rise with the blocks: an older block says that the node lags, a later one that one of the two is wrong.
  if (time !== undefined && time < mark.timestamp && !isImpossibleHead(mark, { number: height, timestamp: time }, now))
    return 'behind'
  return giveUpHead(cursor, hashesOf(options), { place, height, mayFall })
}

/** Makes sure, of a block where the reader stood that is another one now, that the others are not. */
export async function verifyChain(height: bigint, { checkpoints }: Cursor, options: PastOptions): Promise<void> {
  if ((await isSameChain(checkpoints, height, hashesOf(options))) !== false) return
  throw resetChainError(options.place, checkpoints.findLast(({ number }) => number <= height)?.number)
}

async function blockAt(height: bigint, { endpoint, signal }: PastOptions): Promise<BlockFacts | undefined> {
  const [answer] = await endpoint.ask([{ method: 'block', params: { height: height.toString() } }], signal)
  const facts = answer?.ok === true ? decodeBlock(answer.result) : {}
  return facts.height === height ? facts : undefined
}

function hashesOf(options: PastOptions): BlockHash {
  return async (height) => (await blockAt(height, options))?.hash
}
