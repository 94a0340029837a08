import type { PublicClient } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { type Head, isSameBlock } from '../../../domain/blocks/head.js'
import type { Proposal, ProposalKey, Vote } from '../../../domain/proposals/proposal.js'
import type { GoodReading } from '../../../domain/reading.js'
import { defined } from '../../../domain/defined.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import type { Endpoint } from '../../rpc/createEndpoints.js'
import type { ReadRequest } from '../GovernanceReader.js'
import { arrive, type Prepare } from './arrive.js'
import { BehindError } from './BehindError.js'
import { addCheckpoint, type Checkpoint } from './checkpoints.js'
import { type Cursor, formatCursor, parseCursor, requireSameContracts } from './cursor.js'
import type { EvmContext, EvmMemory } from './EvmContext.js'
import { findAncestor } from './findAncestor.js'
import { isLagging } from './isLagging.js'
import { nearTarget } from './nearTarget.js'
import type { Place } from './Place.js'
import type { Again } from './readPart.js'
import type { Target } from './readTarget.js'
import { wentBack } from '../wentBack.js'

/** What an EVM governance system does in a reading; the chain around it is looked after by {@link readOn}. */
export interface EvmSystem {
  /** Contracts whose history a cursor stands for, in any case. */
  readonly contracts: readonly string[]
  readonly prepare: Prepare
  /** Looks, in the request of `prepare`, whether a first sync can begin. @throws SourceError where it cannot */
  readonly begin?: (client: PublicClient) => Promise<void>
  /** Reads on to the target or a part of the way. Gives `reorged` where the anchor is no longer on the chain. */
  readonly advance: (place: Place, step: Step) => Promise<Advance | 'reorged'>
}

/** From where to where. */
export interface Step {
  readonly target: Target
  /** First block whose logs were not read; the first of the history in a first sync. */
  readonly from: bigint
  /** What may still change, as it was read last. */
  readonly open: readonly Proposal[]
  /** Where the last reading ended; absent in a first sync. */
  readonly cursor?: Cursor
  /** The block read last: it must still be on the chain. Absent in a first sync and after a reorg. */
  readonly anchor?: Head
  /** The newest block that a reorg left in place. */
  readonly ancestor?: bigint
  /** Blocks below the cursor that `from` goes back for. */
  readonly again?: Again
}

export interface Advance {
  /** Block everything was read at. */
  readonly at: Head
  /** The anchor as the node has it, for the block time. */
  readonly previous?: Head
  readonly proposals: readonly Proposal[]
  readonly votes: readonly Vote[]
  readonly retracted: readonly ProposalKey[]
  /** See {@link Cursor}. */
  readonly counts?: Readonly<Record<string, bigint>>
  readonly nodeVersion?: string
  /** See {@link Cursor}. */
  readonly unsure?: readonly bigint[]
  readonly warnings: readonly string[]
}

/**
 * One reading of one chain at one endpoint: on from the cursor to the target, a portion of it where the way is
 * long, or nothing where no block is new. See {@link GovernanceReader}.
 */
export async function readOn(
  endpoint: Endpoint,
  { cursor: json, open, signal }: ReadRequest,
  { contracts, prepare: learn, begin, advance }: EvmSystem,
  context: EvmContext,
  memory: EvmMemory,
): Promise<GoodReading> {
  const { chain, fromBlock, maxLogRange, now } = context
  const cursor = json === undefined ? undefined : parseCursor(json, chain)
  if (cursor !== undefined) requireSameContracts(cursor, contracts, chain)
  if (cursor !== undefined && memory.window === undefined) {
    const max = BigInt(maxLogRange)
    memory.window = { size: cursor.window < max ? cursor.window : max, good: 0 }
  }
  const prepare: Prepare =
    cursor !== undefined || begin === undefined
      ? learn
      : async (client) => {
          const [prepared] = await allInOrder([learn(client), begin(client)])
          return prepared
        }
  const bases =
    cursor === undefined || (cursor.checkpoints[0]?.number ?? cursor.at.number) > fromBlock
      ? [...new Set([0n, fromBlock])]
      : []
  const { place, target, blocks } = await arrive(endpoint, cursor?.chainId, signal, prepare, context, memory, bases)
  if (cursor !== undefined && isUnchanged(cursor, target)) return stayed(cursor, target.head, context)

  const behind = cursor !== undefined && target.number < cursor.at.number
  if (behind && (await isLagging(place, cursor, target.head, now()))) {
    // Half a history is no state to stay in: nobody may take it for the whole.
    if (cursor.partial)
      throw new SourceError('transient', wentBack(`${endpoint.host} of ${chain}`, target.number, cursor.at.number))
    return { ...stayed(cursor, target.head, context), lagging: true }
  }
  const next = cursor === undefined ? fromBlock : cursor.at.number + 1n
  const step = { open, from: latest(next, fromBlock), ...defined({ cursor }) }
  const toward = (floor: bigint, more: Omit<Step, 'target' | 'open'>): Promise<Reached | undefined> =>
    nearTarget(target, floor, async (near) => ({
      near,
      advanced: await advance(place, { ...step, ...more, target: near }),
    }))
  let reached = behind
    ? ('reorged' as const)
    : await toward(cursor?.at.number ?? fromBlock, { from: step.from, ...fromCursor(cursor, step.from) })
  // What is new is not on every server yet.
  if (reached === undefined && cursor?.partial === false) return stayed(cursor, target.head, context)
  let ancestor: bigint | undefined
  if (reached === 'reorged' || reached?.advanced === 'reorged') {
    if (cursor === undefined)
      throw new SourceError('transient', `${chain} moved while it was read at ${endpoint.host}.`)
    ancestor = (await findAncestor(place.client, cursor, target.number, chain, endpoint.host)).number
    reached = await toward(ancestor, { from: latest(ancestor + 1n, fromBlock), ancestor })
  }
  if (reached === undefined)
    throw new BehindError(
      `${endpoint.host} of ${chain} does not have block ${target.number}, though it said so: it may be several nodes.`,
    )
  if (reached.advanced === 'reorged')
    throw new SourceError('transient', `${chain} moved again while it was read at ${endpoint.host}.`)
  const {
    near,
    advanced: { at, counts, nodeVersion, unsure = [], ...found },
  } = reached
  const backlog = near.number > at.number ? near.number - at.number : 0n
  return {
    ok: true,
    chain,
    readAt: now(),
    head: target.head,
    at,
    ...found,
    // The first endpoint is the operator's own node: what others run says nothing about its switch.
    ...(nodeVersion !== undefined && endpoint === context.endpoints[0] && { nodeVersion }),
    ...defined({ rewoundTo: ancestor }),
    backlog,
    cursor: formatCursor({
      chainId: place.chainId,
      contracts: contracts.map((address) => address.toLowerCase()),
      at,
      head: target.head,
      checkpoints: checkpointsOf(cursor, blocks, ancestor, at),
      window: memory.window?.size ?? BigInt(maxLogRange),
      initial: (cursor?.initial ?? true) && backlog > 0n,
      partial: backlog > 0n,
      unsure: unsure.slice(-mostUnsure),
      ...defined({ counts }),
    }),
  }
}

interface Reached {
  /** The target, or the lower block that was read in its place. */
  readonly near: Target
  readonly advanced: Advance | 'reorged'
}

/** A portion of a long history may end below the target while the head stands still. */
function isUnchanged(cursor: Cursor, target: Target): boolean {
  if (cursor.at.number !== target.number) return false
  if (target.hash !== undefined) return target.hash === cursor.at.hash
  return isSameBlock(target.head, cursor.head)
}

/** A reading that says nothing but that the node answers. Heads never go backwards without a reorg. */
function stayed(cursor: Cursor, head: Head, { chain, now }: EvmContext): GoodReading {
  const newest = head.number < cursor.head.number ? cursor.head : head
  return {
    ok: true,
    chain,
    readAt: now(),
    head: newest,
    at: cursor.at,
    proposals: [],
    votes: [],
    retracted: [],
    backlog: 0n,
    cursor: formatCursor({ ...cursor, head: newest }),
    warnings: [],
  }
}

// A block is read again as often as it is among the last ones.
const mostUnsure = 2

function fromCursor(cursor: Cursor | undefined, from: bigint): Partial<Step> {
  if (cursor === undefined) return {}
  const [first] = cursor.unsure ?? []
  if (cursor.unsure === undefined || first === undefined || first >= from) return { anchor: cursor.at }
  return { anchor: cursor.at, from: first, again: { blocks: cursor.unsure, readTo: cursor.at.number } }
}

/** `bases` are blocks before all that was read: a reorg below the first reading is then one like any other. */
function checkpointsOf(
  cursor: Cursor | undefined,
  bases: readonly Head[],
  ancestor: bigint | undefined,
  at: Head,
): readonly Checkpoint[] {
  const read = cursor === undefined ? [] : [...cursor.checkpoints, cursor.at]
  const before = bases.filter(({ number }) => number < (read[0]?.number ?? at.number))
  const still = [...before, ...read]
    .map(({ number, hash }) => ({ number, hash }))
    .filter(({ number }) => number < at.number && (ancestor === undefined || number <= ancestor))
  const newest = still.at(-1)
  return newest === undefined ? [] : addCheckpoint(still.slice(0, -1), newest)
}

function latest(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}
