import type { Head } from '../../../domain/blocks/head.js'
import { SourceError } from '../../../domain/errors.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import {
  type BlockHash,
  type Checkpoint,
  isUnreachable,
  isPlaceholder,
  isImpossibleHead,
  isSameChain,
} from './checkpoints.js'
import { abandonHead, maxLag } from './contradictedHead.js'
import { type NodeStatus, readBlockHash } from './cometBft.js'
import { resetChainError, wentBackText } from '../historyMismatch.js'

// Interval in milliseconds at which a node is asked for a known block, if its oldest block does not confirm its chain.
const againMs = 600_000

/** What a reader read before. */
export interface Past {
  readonly head: Head
  /** Earlier heads of the reader, oldest first. */
  readonly checkpoints: readonly Checkpoint[]
  /** The oldest block that a node was seen to have. It is a different one if the chain is restarted. */
  readonly first?: Checkpoint
}

/** What is known about the nodes, in memory only. */
export interface NodeMemory {
  /** Host time at which a CometBFT server was last seen to have a known block. */
  readonly comparedAt: Map<HttpEndpoint, number>
}

export interface PastOptions {
  readonly endpoint: HttpEndpoint
  readonly chain: string
  /** Whether the head that was read before may be given up, because no node has confirmed it. */
  readonly mayFall: boolean
  /** Host time, in Unix milliseconds. */
  readonly now: number
  readonly signal: AbortSignal
}

/**
 * Compares the head of a node with what was read before. Returns `fallen` if the earlier head was never on the chain.
 *
 * @throws SourceError if the node is behind, claims an unreachable height without having that block, or is on another
 *   chain. If the earlier head may be the wrong one, `lookAgainIfContradicted` asks again.
 */
export async function verifyPast(
  status: NodeStatus,
  cursor: Past | undefined,
  options: PastOptions,
  memory: NodeMemory,
): Promise<'onward' | 'fallen'> {
  const { endpoint, chain, now, signal } = options
  const { head } = status
  const place = `${endpoint.host} of ${chain}`
  const hashAt: BlockHash = (height) => readBlockHash(endpoint, height, signal)
  if (isUnreachable(head.number, cursor?.head ?? status.earliest, now) && (await hashAt(head.number)) !== head.hash) {
    throw new SourceError(
      'transient',
      `${place} claims to be at block ${head.number}, which the chain cannot have reached yet, and does not have that block.`,
    )
  }
  if (cursor === undefined) return 'onward'
  if (isOtherFirst(status, cursor)) throw resetChainError(place, cursor.first?.number, true)
  if (head.number + maxLag < cursor.head.number) return behind(status, cursor, options, hashAt)
  await verifyNow(status, cursor, options, hashAt, memory)
  return 'onward'
}

async function behind(
  { head, earliest }: NodeStatus,
  cursor: Past,
  { endpoint, chain, mayFall, now }: PastOptions,
  hashAt: BlockHash,
): Promise<'fallen'> {
  const { head: mark } = cursor
  const place = `${endpoint.host} of ${chain}`
  // Times increase with the height. An earlier time means that the node is behind; a later one means that the node or
  // the recorded head is wrong.
  if (head.timestamp < mark.timestamp && !isImpossibleHead(mark, head, now))
    throw new SourceError('transient', wentBackText(place, head.number, mark.number), { wentBack: true })
  const hasFirst = isSameFirst(earliest, cursor) && !isPlaceholder(cursor.first?.hash ?? '')
  return abandonHead(cursor, hashAt, { place, height: head.number, mayFall, isSameId: true, hasFirst })
}

/**
 * Requests a known block, unless the oldest block of the node confirms the chain: at the first contact, and every ten
 * minutes.
 */
async function verifyNow(
  { head, earliest }: NodeStatus,
  cursor: Past,
  { endpoint, chain, now }: PastOptions,
  hashAt: BlockHash,
  memory: NodeMemory,
): Promise<void> {
  const { first, checkpoints } = cursor
  if (isSameFirst(earliest, cursor)) return
  const isPruned = first !== undefined && earliest !== undefined && earliest.number > first.number
  if (head.number === cursor.head.number && head.hash === cursor.head.hash) return
  if (isPruned && now - (memory.comparedAt.get(endpoint) ?? -Infinity) < againMs) return
  if ((await isSameChain(checkpoints, head.number, hashAt)) === false) {
    throw resetChainError(
      `${endpoint.host} of ${chain}`,
      checkpoints.findLast(({ number }) => number <= head.number)?.number,
      true,
    )
  }
  memory.comparedAt.set(endpoint, now)
}

function isSameFirst(earliest: NodeStatus['earliest'], { first }: Past): boolean {
  return first !== undefined && earliest?.number === first.number && earliest.hash === first.hash
}

function isOtherFirst({ earliest }: NodeStatus, { first }: Past): boolean {
  return (
    first !== undefined &&
    earliest?.number === first.number &&
    !isPlaceholder(earliest.hash) &&
    !isPlaceholder(first.hash) &&
    earliest.hash !== first.hash
  )
}
