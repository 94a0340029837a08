import { firstValueFrom, merge, type SchedulerLike, timeout } from 'rxjs'
import { defined } from '../../domain/defined.js'
import { SourceError } from '../../domain/errors.js'
import { keyOf, type Proposal } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import type { Json } from '../../domain/text/json.js'
import { askIfKnown } from './askIfKnown.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { fromAbortable, stopped } from '../fromAbortable.js'
import type { GovernanceReader, ReadRequest } from '../governance/GovernanceReader.js'
import type { ServedReading } from './distrustfulReader.js'
import {
  formatPosition,
  movedTo,
  type PartRead,
  positionFrom,
  type SecondPosition,
  withServer,
} from './secondPosition.js'

/** The history of a chain as read from the nodes that did not serve the readings, one after another. */
export interface SecondHistory {
  /** Sets the starting point to the stored one, or that of the first request; later calls have no effect. */
  begin(request: ReadRequest): void
  /**
   * Reads the next part from another node, if it is due: every ten minutes, or with every call while a backlog remains.
   * So many nodes read the part that one of them is honest, if fewer than `agreement` are not: with two that must
   * agree, one that has not served a reading, or two if every node has served one. If a node fails, the read is retried
   * later. Never rejects.
   */
  readOn(
    request: ReadRequest,
    served: ServedReading,
    onRead: (other: GoodReading, host?: string) => void,
  ): Promise<void>
  /**
   * Returns what a restart continues from. While `isOpen`, some of what was read is still to be settled, so the
   * position from before is kept, for a day at most.
   */
  stored(isOpen: boolean): Json | undefined
}

const everyMs = 600_000
const againMs = 60_000
const limitMs = 10_000
const keptMs = 86_400_000

export function createSecondHistory(options: CrossCheckOptions): SecondHistory {
  const { witnesses, known, now, scheduler } = options
  const isKnown = askIfKnown(options)
  const first = witnesses[0]?.host
  let turn = 0
  let position: SecondPosition | undefined
  /** The position that is stored, and when it was last the current one. */
  let kept: { readonly position: SecondPosition; readonly since: number } | undefined

  function begin(request: ReadRequest): void {
    position ??= positionFrom(known().secondHistory, request, witnesses)
    kept ??= { position, since: now() }
  }

  async function readOn(
    request: ReadRequest,
    { reading, servedBy = first }: ServedReading,
    onRead: (other: GoodReading, host?: string) => void,
  ): Promise<void> {
    if (position === undefined) return
    const before = settled(withServer(position, servedBy, reading.at.number), reading.at.number, options)
    position = before
    if (kept !== undefined) kept = { ...kept, position: withServer(kept.position, servedBy, reading.at.number) }
    if (isRead(before, options) || (!before.isBehind && now() < before.dueAt)) return
    const next = nextNode(before, witnesses, turn++)
    if (next === undefined) return
    try {
      const read = await readFrom(next.node, withOpen(before, request.open), { ...request, isKnown }, scheduler)
      if (read === undefined) return
      onRead(read, next.node.host)
      position = settled(withRead(before, { ...next, read }), reading.at.number, options)
    } catch (cause) {
      const isLasting = cause instanceof SourceError && cause.kind === 'permanent'
      // A node that fails permanently will not serve this history in a minute either, so reading continues from the
      // present.
      position = isLasting
        ? { ...movedTo({ ...before, proposals: known().proposals }, reading), isBehind: false, dueAt: now() + everyMs }
        : { ...before, isBehind: false, dueAt: now() + againMs }
    }
  }

  function stored(isOpen: boolean): Json | undefined {
    if (position !== undefined && (kept === undefined || !isOpen || now() - kept.since >= keptMs))
      kept = { position, since: now() }
    return kept === undefined ? undefined : formatPosition(kept.position)
  }

  return { begin, readOn, stored }
}

/** Returns the node to read from: one that has not read the part, if possible one that has not served it either. */
function nextNode(
  { servedBy, reads }: SecondPosition,
  witnesses: readonly GovernanceReader[],
  turn: number,
): Pick<PartRead, 'node'> | undefined {
  const unread = [...witnesses.slice(1), ...witnesses.slice(0, 1)].filter((one) =>
    reads.every(({ node }) => node !== one),
  )
  const others = unread.filter((one) => !hasServed(one, servedBy))
  const candidates = others.length > 0 ? others : unread
  const node = candidates[turn % candidates.length]
  return node === undefined ? undefined : { node }
}

function hasServed({ host }: GovernanceReader, servedBy: SecondPosition['servedBy']): boolean {
  return host !== undefined && servedBy.has(host)
}

function withRead(before: SecondPosition, one: PartRead): SecondPosition {
  return { ...before, reads: [...before.reads, one], isBehind: true }
}

/** True if enough nodes have read the part. */
function isRead({ reads, servedBy }: SecondPosition, { witnesses, agreement }: CrossCheckOptions): boolean {
  // The node that served what is hidden is a liar, too, unless it is one of those that read the part.
  const needed = reads.some(({ node }) => hasServed(node, servedBy)) ? agreement : agreement - 1
  return reads.length >= Math.min(needed, witnesses.length)
}

/**
 * Moves to the end of the read that covers least, once enough nodes have read the part and the readings have reached
 * it: a node that is ahead may still serve what it has read.
 */
function settled(position: SecondPosition, servedTo: bigint, options: CrossCheckOptions): SecondPosition {
  const [least] = position.reads.map(({ read }) => read).sort((a, b) => Number(a.at.number - b.at.number))
  if (least === undefined || least.at.number > servedTo || !isRead(position, options)) return position
  return { ...movedTo(position, least), dueAt: options.now() + everyMs }
}

/** Returns the position with the proposals that only the readings have, so that the node is asked about them. */
function withOpen(position: SecondPosition, open: readonly Proposal[]): SecondPosition {
  const { proposals, readTo } = position
  const more = open.filter(
    (one) => one.origin !== undefined && one.origin.block <= readTo && !proposals.has(keyOf(one)),
  )
  if (more.length === 0) return position
  return { ...position, proposals: new Map([...proposals, ...more.map((one) => [keyOf(one), one] as const)]) }
}

/** @throws SourceError, transient, if the request is aborted. */
function readFrom(
  reader: GovernanceReader,
  { cursor, proposals }: SecondPosition,
  { signal: stop, isKnown }: Pick<ReadRequest, 'signal' | 'isKnown'>,
  scheduler: SchedulerLike | undefined,
): Promise<GoodReading | undefined> {
  return firstValueFrom(
    merge(
      fromAbortable((signal) =>
        reader.read({ ...defined({ cursor, isKnown }), open: [...proposals.values()], signal }),
      ),
      stopped(stop, 'The read was stopped.'),
    ).pipe(timeout({ first: limitMs, ...defined({ scheduler }) })),
    { defaultValue: undefined },
  )
}
