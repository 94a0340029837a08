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
import { giveUpHead, maxLag } from './contradictedHead.js'
import { type NodeStatus, readBlockHash } from './cometBft.js'
import { resetChainError, wentBackText } from '../historyMismatch.js'

// A node whose oldest block says nothing about its chain is asked for a known block this often.
const againMs = 600_000

/** Where a reader stood before. */
export interface Past {
  readonly head: Head
  /** Heads it stood at before that, oldest first. */
  readonly checkpoints: readonly Checkpoint[]
  /** The oldest block a node was seen to have: of a chain that begins anew it is another one. */
  readonly first?: Checkpoint
}

/** What is known of the nodes while the process lives. */
export interface NodeMemory {
  /** Host time at which a CometBFT server was last seen to have a block that is known. */
  readonly comparedAt: Map<HttpEndpoint, number>
}

export interface PastOptions {
  readonly endpoint: HttpEndpoint
  readonly chain: string
  /** Whether the head that was read before may be given up: no node has said it again. */
  readonly mayFall: boolean
  /** Host clock, Unix milliseconds. */
  readonly now: number
  readonly signal: AbortSignal
}

/**
 * Compares where a node stands with what was read before. `fallen` where the head of then was never on the chain.
 *
 * @throws SourceError where the node lags, claims a height that nobody can have reached and has no such block, or
 * stands on another chain; one that `lookAgainIfContradicted` looks at again where it may be the head of then that is
 * wrong.
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
      `${place} claims to stand at block ${head.number}, which cannot be reached by now, and has no such block.`,
    )
  }
  if (cursor === undefined) return 'onward'
  if (isOtherFirst(status, cursor)) throw resetChainError(place, cursor.first?.number, true)
  if (head.number + maxLag < cursor.head.number) return behind(status, cursor, options, hashAt)
  await verifyNow(status, cursor, options, hashAt, memory)
  return 'onward'
}

async function behind(
  { head }: NodeStatus,
  cursor: Past,
  { endpoint, chain, mayFall, now }: PastOptions,
  hashAt: BlockHash,
): Promise<'fallen'> {
  const { head: mark } = cursor
  const place = `${endpoint.host} of ${chain}`
  // Times only rise with the blocks: an older block says that the node lags, a later one that one of the two is wrong.
  if (head.timestamp < mark.timestamp && !isImpossibleHead(mark, head, now))
    throw new SourceError('transient', wentBackText(place, head.number, mark.number), { wentBack: true })
  return giveUpHead(cursor, hashAt, { place, height: head.number, mayFall, isSameId: true })
}

/** Asks for a known block at the first contact, where the oldest block vouches for nothing, and now and then. */
async function verifyNow(
  { head, earliest }: NodeStatus,
  cursor: Past,
  { endpoint, chain, now }: PastOptions,
  hashAt: BlockHash,
  memory: NodeMemory,
): Promise<void> {
  const { first, checkpoints } = cursor
  if (first !== undefined && earliest?.number === first.number && earliest.hash === first.hash) return
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

function isOtherFirst({ earliest }: NodeStatus, { first }: Past): boolean {
  return (
    first !== undefined &&
    earliest?.number === first.number &&
    !isPlaceholder(earliest.hash) &&
    !isPlaceholder(first.hash) &&
    earliest.hash !== first.hash
  )
}
