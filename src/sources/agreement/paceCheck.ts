import { asyncScheduler, firstValueFrom, type Observable, of, type SchedulerLike, timeout } from 'rxjs'
import { secondsPerBlock } from '../../domain/blocks/blockTime.js'
import { comparableHash, type Head } from '../../domain/blocks/head.js'
import { isHeadJump, type KnownHead } from '../../domain/blocks/headJump.js'
import type { ProposalKey } from '../../domain/proposals/proposal.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { nothingHeard, quorum, type Verdict, type Vote } from './quorum.js'

/** What was known before a reading. */
export interface KnownBefore extends KnownHead {
  /** @defaultValue none */
  readonly upgrades?: ReadonlyMap<ProposalKey, Upgrade>
}

export interface PaceOptions {
  /** One reader per node. */
  readonly nodes: readonly Pick<GovernanceReader, 'readBlock' | 'readNodeState'>[]
  /** How many nodes must agree before an upgrade is acted on. So many can also contradict a head. */
  readonly agreement: number
  /** The file of an upgrade is written so many blocks before its height. @defaultValue 0 */
  readonly leadBlocks?: number
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
}

/** How many blocks apart nodes may be. */
export const apart = 16n

// Interval of the questions whether a node runs ahead, in milliseconds.
const everyMs = 600_000
const againMs = 60_000
// How long nodes may take to reach a block that another one had, in milliseconds. On a chain with several blocks a
// second, honest nodes are often hundreds of blocks apart.
const catchUpMs = 300_000
// The same for nodes that were down or stood still: as long as they were, but at most an hour.
const mostCatchUpMs = 3_600_000
// From so many blocks before a file is due, or once a head stands still for so long, nodes are asked if it is due.
const nearBlocks = 64n
const standsMs = 60_000
// How long a node that still moves may reach that block after the others, in milliseconds.
const lateMs = 60_000
// Maximum wait for the answers, in milliseconds, because a reading waits for them.
const limitMs = 3_000

/**
 * Returns a function that says what `agreement` nodes have against a head at the usual pace, if anything:
 *
 * - It runs ahead. For five minutes they have not reached the block that was sixteen below it, but they have the newest
 *   block that so many are known to have had before, or are synced: a node that is still catching up says nothing.
 * - It is behind, and they have the block at which the file of a scheduled upgrade is due. A node that still moves has
 *   a minute to reach it.
 */
export function createPaceCheck(
  options: PaceOptions,
): (head: bigint, before: KnownBefore) => Promise<string | undefined> {
  const isAhead = createAheadCheck(options)
  const isBehind = createBehindCheck(options)
  return async (head, before) => (await isAhead(head, before)) ?? (await isBehind(head, before))
}

type Check = (head: bigint, before: KnownBefore) => Promise<string | undefined>

function createAheadCheck(options: PaceOptions): Check {
  const { nodes, agreement, now, scheduler } = options
  let base: { readonly height: bigint; readonly at: number } | undefined
  /** The block that nodes lacked when they were last asked. */
  let lacked: bigint | undefined
  let [lookedAt, waitMs] = [now(), everyMs]
  const look = (ms: number): void => void ([lookedAt, waitMs] = [now(), ms])
  return async (head, before) => {
    const last = before.head?.number ?? head
    // After a head was given up, no node can have had a block above the one that took its place.
    if (base === undefined || base.height > last) base = { height: last, at: now() }
    if (head <= last) return undefined
    // The head that ran ahead was given up: this node has not reached that block, either.
    if (lacked !== undefined && lacked > head) lacked = undefined
    const height = lacked ?? head - apart
    if (height <= base.height || Math.abs(now() - lookedAt) < waitMs) return undefined
    const held = await verdictIn(askHolders(height, nodes, agreement), scheduler)
    if (held.isAgreed) {
      // A node that others were slow to follow is soon compared again: it may have gone on without them.
      look(lacked === undefined ? everyMs : againMs)
      base = { height, at: now() }
      lacked = undefined
      return undefined
    }
    const denial = await verdictIn(askDeniers(height, base.height, before, options), scheduler)
    if (!denial.isAgreed) look(againMs)
    else if (lacked !== undefined) return deniedText(denial.agreeing, height, base.height)
    else {
      lacked = height
      const awayMs = Math.abs(now() - base.at) - everyMs
      look(Math.min(Math.max(catchUpMs, awayMs), mostCatchUpMs))
    }
    return undefined
  }
}

function createBehindCheck({ nodes, agreement, leadBlocks = 0, now, scheduler }: PaceOptions): Check {
  let [seen, since, askedAt] = [0n, now(), -Infinity]
  /** The block that the others have, and since when that is known. */
  let late: { readonly due: bigint; readonly since: number } | undefined
  return async (head, { upgrades = new Map() }) => {
    // A lower head counts as well: after another node was read in its place, a node that moves does not stand still.
    if (head !== seen) [seen, since] = [head, now()]
    const due = nextDue(head, upgrades, leadBlocks)
    if (due === undefined) return undefined
    const stands = Math.abs(now() - since) >= standsMs
    if (late?.due === due) {
      if (!stands && Math.abs(now() - late.since) < lateMs) return undefined
    } else if (Math.abs(now() - askedAt) < againMs || (due - head > nearBlocks && !stands)) return undefined
    const { isAgreed, agreeing } = await verdictIn(askHolders(due, nodes, agreement), scheduler)
    if (!isAgreed) {
      ;[askedAt, late] = [now(), undefined]
      return undefined
    }
    if (late?.due !== due) late = { due, since: now() }
    const isLate = stands || Math.abs(now() - late.since) >= lateMs
    return isLate ? `${agreeing} nodes have block ${due}, at which the file of an upgrade is due.` : undefined
  }
}

/** The lowest block above the head at which the file of a scheduled upgrade is due. */
function nextDue(head: bigint, upgrades: ReadonlyMap<ProposalKey, Upgrade>, leadBlocks: number): bigint | undefined {
  const due = [...upgrades.values()].flatMap(({ status, height }) =>
    status === 'scheduled' && height !== undefined && Number.isSafeInteger(height) ? [BigInt(height - leadBlocks)] : [],
  )
  return due.filter((block) => block > head).sort((a, b) => Number(a - b))[0]
}

/** Asks which nodes have the block at this height. */
function askHolders(height: bigint, nodes: PaceOptions['nodes'], agreement: number): Observable<Verdict> {
  return quorum(nodes, agreement, async (node, signal): Promise<Vote> => {
    const block = await node.readBlock(height, signal)
    return block === undefined ? { type: 'no', reason: '' } : { type: 'yes', value: '' }
  })
}

/**
 * Asks which nodes lack this block, although they are not catching up: they have the block `reached`, or are synced.
 * The one node that was read may have invented `reached`, too.
 */
export function askDeniers(
  height: bigint,
  reached: bigint,
  { blockTime }: Pick<KnownHead, 'blockTime'>,
  { nodes, agreement, now }: Pick<PaceOptions, 'nodes' | 'agreement' | 'now'>,
): Observable<Verdict> {
  const head = { number: height + apart }
  /** True if the chain cannot have come so far since the newest block of a node. */
  const isBeyond = (newest: Head): boolean =>
    secondsPerBlock(blockTime) !== undefined &&
    isHeadJump(head, { head: newest, lastGoodAt: Number(newest.timestamp) * 1000, blockTime }, now())
  return quorum(nodes, agreement, async (node, signal): Promise<Vote> => {
    const [own, before] = await Promise.all([node.readBlock(height, signal), node.readBlock(reached, signal)])
    const isDenied = own === undefined && (before !== undefined || (await isSynced(node, isBeyond, signal)))
    return isDenied ? { type: 'yes', value: '' } : { type: 'no', reason: '' }
  })
}

/** Says what the nodes of {@link askDeniers} deny. */
export function deniedText(count: number, height: bigint, reached: bigint): string {
  return `${count} nodes have block ${reached}, or are synced, and lack block ${height}.`
}

async function isSynced(
  node: PaceOptions['nodes'][number],
  isBeyond: (newest: Head) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const state = await node.readNodeState?.(signal)
  if (state === undefined || state.isSyncing === true) return false
  // Some servers report the time of their newest block only with the block, and some not at all.
  const newest = await node.readBlock(state.head.number, signal)
  return newest !== undefined && comparableHash(newest) !== undefined && isBeyond(newest)
}

/** Asks which nodes have not reached this block, although they are not catching up. */
export function askSynced(
  height: bigint,
  { nodes, agreement }: Pick<PaceOptions, 'nodes' | 'agreement'>,
): Observable<Verdict> {
  return quorum(nodes, agreement, async (node, signal): Promise<Vote> => {
    const state = await node.readNodeState?.(signal)
    const isBelow = state !== undefined && state.isSyncing !== true && state.head.number < height
    return isBelow ? { type: 'yes', value: '' } : { type: 'no', reason: '' }
  })
}

/** Asks which nodes have another block at the height of this one, the same one each. */
export function askDiffering(
  block: Pick<Head, 'number' | 'hash'>,
  { nodes, agreement }: Pick<PaceOptions, 'nodes' | 'agreement'>,
): Observable<Verdict> {
  return quorum(nodes, agreement, async (node, signal): Promise<Vote> => {
    const own = await node.readBlock(block.number, signal)
    const hash = own === undefined ? undefined : comparableHash(own)
    return hash === undefined || hash === comparableHash(block)
      ? { type: 'no', reason: '' }
      : { type: 'yes', value: hash }
  })
}

/** Waits for a verdict. Without one in time, the nodes have said nothing. */
function verdictIn(verdict$: Observable<Verdict>, scheduler: SchedulerLike = asyncScheduler): Promise<Verdict> {
  return firstValueFrom(verdict$.pipe(timeout({ first: limitMs, scheduler, with: () => of(nothingHeard) })), {
    defaultValue: nothingHeard,
  })
}
