import { SourceError } from '../../../domain/errors.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import { type BlockHash, isUnreachable, isImpossibleHead, isSameChain } from '../cosmosSdk/checkpoints.js'
import { abandonHead, maxLag } from '../cosmosSdk/contradictedHead.js'
import type { Cursor } from './cursor.js'
import { resetChainError } from '../historyMismatch.js'
import { type BlockFacts, decodeBlock, type NodeStatus } from './decode.js'

export interface PastOptions {
  readonly endpoint: JsonRpcEndpoint
  /** `<host> of <chain>`, for error messages. */
  readonly place: string
  /** Whether the head that was read before may be given up, because no node has confirmed it. */
  readonly mayFall: boolean
  /** Host time, in Unix milliseconds. */
  readonly now: number
  readonly signal: AbortSignal
}

/**
 * Compares the head of a node with what was read before. Returns `behind` if the node lags, and `fallen` if the earlier
 * head was never on the chain.
 *
 * @throws SourceError if the node claims an unreachable height or is on another chain. If the earlier head may be the
 *   wrong one, `lookAgainIfContradicted` asks again.
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
      `${place} claims to be at block ${height}, which the chain cannot have reached yet, and does not have that block.`,
    )
  }
  if (cursor === undefined || height >= cursor.head.number) return 'onward'
  const { head: mark } = cursor
  if (mark.number - height <= maxLag) return 'behind'
  const time = status.time ?? (await blockAt(height, options))?.time
  // Times increase with the height. An earlier time means that the node is behind; a later one means that the node or
  // the recorded head is wrong.
  if (time !== undefined && time < mark.timestamp && !isImpossibleHead(mark, { number: height, timestamp: time }, now))
    return 'behind'
  return abandonHead(cursor, hashesOf(options), { place, height, mayFall, ofFirstReading: 2 })
}

/**
 * Checks the older checkpoints after the block of the newest one was replaced. @throws SourceError if none is on the
 * chain.
 */
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
