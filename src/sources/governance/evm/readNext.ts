import { type Head, isSameBlock } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import { SourceError } from '../../../domain/errors.js'
import type { Proposal } from '../../../domain/proposals/proposal.js'
import type { GoodReading } from '../../../domain/reading.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import type { EvmEndpoint } from '../../rpc/createEvmEndpoints.js'
import type { LogWindow } from '../../rpc/logs/logWindow.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { wentBackText } from '../historyMismatch.js'
import { takeOpening } from '../opening.js'
import { unchangedReading } from '../unchangedReading.js'
import { basesFor, checkpointsAfter } from './checkpoints.js'
import type { ChainClient, EvmContext, EvmMemory, OpenReading } from './context.js'
import { type Cursor, formatCursor, parseCursor, requireSameContracts } from './cursor.js'
import { findAncestor } from './findAncestor.js'
import { isLagging } from './isLagging.js'
import { openReading, type Prepare } from './openReading.js'
import type { EvmSystem, Step, StepResult } from './system.js'
import { BehindError, nearTarget, type Target } from './target.js'
import { clientUntil } from '../../rpc/clientUntil.js'

/**
 * Makes one reading of one chain at one endpoint, from the cursor to the target. A long way is read in portions. If
 * there is no new block, the reading is empty. See {@link GovernanceReader}.
 */
export async function readNext(
  endpoint: EvmEndpoint,
  { cursor: json, open, head, signal }: ReadRequest,
  system: EvmSystem,
  context: EvmContext,
  memory: EvmMemory,
): Promise<GoodReading> {
  const { chain, fromBlock, now } = context
  const cursor = json === undefined ? undefined : parseCursor(json, chain)
  if (cursor !== undefined) requireSameContracts(cursor, system.contracts, chain)
  if (cursor !== undefined) memory.window ??= windowOf(cursor, context)
  const prepare = prepareFor(system, cursor)
  memory.bases = basesFor(cursor, fromBlock)
  const opened =
    openedBefore(endpoint, cursor, head, signal, memory) ??
    (await openReading(endpoint, { signal, prepare, known: cursor?.chainId, wanted: memory.bases }, context, memory))
  const { node, target } = opened
  if (cursor !== undefined && isUnchanged(cursor, target)) return withoutNews(cursor, target.head, context)

  const isBehind = cursor !== undefined && target.number < cursor.at.number
  if (isBehind && (await isLagging(node, cursor, target.head, now()))) {
    // Half a history must not be reported as a good reading, because it could be taken for the whole.
    if (cursor.partial)
      throw new SourceError(
        'transient',
        wentBackText(`${endpoint.host} of ${chain}`, target.number, cursor.at.number),
        {
          wentBack: true,
        },
      )
    return { ...withoutNews(cursor, target.head, context), lagging: true }
  }
  const reached = await readToward(opened, { open, cursor, isBehind, fromBlock }, system)
  // Other servers behind the same address do not have the new block yet.
  if (cursor !== undefined && reached === undefined) return withoutNews(cursor, target.head, context)
  if (reached === undefined) throw withoutTarget(node, target)
  const { ancestor, near, result } = reached
  const { at, counts, nodeVersion, unsure = [], ...found } = result
  const backlog = near.number > at.number ? near.number - at.number : 0n
  return {
    ok: true,
    chain,
    readAt: now(),
    head: target.head,
    at,
    ...found,
    // The first endpoint is the operator's own node. The version of other nodes says nothing about its upgrade.
    ...(nodeVersion !== undefined && endpoint === context.endpoints[0] && { nodeVersion }),
    ...defined({ rewoundTo: ancestor }),
    backlog,
    cursor: formatCursor({
      chainId: node.chainId,
      contracts: system.contracts.map((address) => address.toLowerCase()),
      at,
      head: target.head,
      checkpoints: checkpointsAfter(cursor, { at, ancestor, bases: opened.blocks }),
      window: memory.window?.size ?? BigInt(context.maxLogRange),
      initial: (cursor?.initial ?? true) && backlog > 0n,
      partial: backlog > 0n,
      unsure: unsure.slice(-mostUnsure),
      ...defined({ counts }),
    }),
  }
}

/**
 * Returns the opening that this head came from, if it was made at the same node. A first sync requests more, so it
 * makes its own opening.
 */
function openedBefore(
  endpoint: EvmEndpoint,
  cursor: Cursor | undefined,
  head: Head | undefined,
  signal: AbortSignal,
  memory: EvmMemory,
): OpenReading | undefined {
  const opened = takeOpening(memory, endpoint, head)
  if (opened === undefined || opened.node.chainId !== cursor?.chainId) return undefined
  return { ...opened, node: { ...opened.node, client: clientUntil(endpoint.client, signal) } }
}

/** Where a reading comes from. */
interface Way {
  readonly open: readonly Proposal[]
  readonly cursor: Cursor | undefined
  /** Whether the target is below the cursor. */
  readonly isBehind: boolean
  readonly fromBlock: bigint
}

interface Reached {
  /** The target, or a lower block that was read in its place. */
  readonly near: Target
  readonly result: StepResult
  /** The newest block that a reorg left in place. */
  readonly ancestor?: bigint
}

/**
 * Reads on from the cursor toward the target; after a reorg, from the newest block that is still on the chain.
 *
 * @returns `undefined` if the node has no block after the cursor yet.
 * @throws SourceError, transient, if the node does not have the target, or the chain moves during the read.
 */
async function readToward(
  { node, target }: OpenReading,
  { open, cursor, isBehind, fromBlock }: Way,
  { readStep }: EvmSystem,
): Promise<Reached | undefined> {
  const { chain, host, client } = node
  const from = latest(cursor === undefined ? fromBlock : cursor.at.number + 1n, fromBlock)
  const toward = async (floor: bigint, more: Omit<Step, 'target' | 'open' | 'cursor'>) =>
    nearTarget(target, floor, async (near) => ({
      near,
      result: await readStep(node, { open, ...defined({ cursor }), ...more, target: near }),
    }))
  if (!isBehind) {
    const reached = await toward(cursor?.at.number ?? fromBlock, { from, ...fromCursor(cursor) })
    if (reached === undefined && cursor?.partial === true) throw withoutTarget(node, target)
    if (reached === undefined) return undefined
    const { near, result } = reached
    if (result !== 'reorged') return { near, result }
  }
  if (cursor === undefined) throw new SourceError('transient', `${chain} had a reorg while it was read at ${host}.`)
  const ancestor = (await findAncestor(client, cursor, target.number, chain, host)).number
  const reached = await toward(ancestor, { from: latest(ancestor + 1n, fromBlock), ancestor })
  if (reached === undefined) throw withoutTarget(node, target)
  const { near, result } = reached
  if (result === 'reorged')
    throw new SourceError('transient', `${chain} had another reorg while it was read at ${host}.`)
  return { near, result, ancestor }
}

function withoutTarget({ chain, host }: ChainClient, { number }: Target): BehindError {
  return new BehindError(
    `${host} of ${chain} does not have block ${number}, although it said so: several nodes may share this URL.`,
  )
}

/** The log range that nodes accepted before the restart, limited to what is still allowed. */
function windowOf({ window }: Cursor, { maxLogRange }: EvmContext): LogWindow {
  const max = BigInt(maxLogRange)
  return { size: window < max ? window : max, good: 0 }
}

/** Before a first sync, `begin` runs in the same tick as `prepare`, and so in the same request. */
function prepareFor({ prepare, begin }: EvmSystem, cursor: Cursor | undefined): Prepare {
  if (cursor !== undefined || begin === undefined) return prepare
  return async (client) => {
    const [prepared] = await allInOrder([prepare(client), begin(client)])
    return prepared
  }
}

/** True if the cursor is at the target. A portion of a long history may end below it while the head stands still. */
function isUnchanged(cursor: Cursor, target: Target): boolean {
  if (cursor.at.number !== target.number) return false
  if (target.hash !== undefined) return target.hash === cursor.at.hash
  return isSameBlock(target.head, cursor.head)
}

/** Returns an unchanged reading. Its head never goes backwards, because there was no reorg. */
function withoutNews(cursor: Cursor, head: Head, context: EvmContext): GoodReading {
  const newest = head.number < cursor.head.number ? cursor.head : head
  return unchangedReading(context, {
    head: newest,
    at: cursor.at,
    cursor: formatCursor({ ...cursor, head: newest }),
  })
}

// Maximum number of unsure blocks that are kept and read again.
const mostUnsure = 2

function fromCursor(cursor: Cursor | undefined): Partial<Step> {
  if (cursor === undefined) return {}
  const [first] = cursor.unsure ?? []
  if (cursor.unsure === undefined || first === undefined) return { anchor: cursor.at }
  return { anchor: cursor.at, from: first, again: { blocks: cursor.unsure, readTo: cursor.at.number } }
}

function latest(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}
