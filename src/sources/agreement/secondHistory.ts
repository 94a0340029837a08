import { firstValueFrom, merge, type SchedulerLike, timeout } from 'rxjs'
import { defined } from '../../domain/defined.js'
import { SourceError } from '../../domain/errors.js'
import { keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import type { Json } from '../../domain/text/json.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { fromAbortable, stopped } from '../fromAbortable.js'
import type { GovernanceReader, ReadRequest } from '../governance/GovernanceReader.js'
import { stepSeen } from '../pollProposals.js'
import type { ServedReading } from './distrustfulReader.js'

/** How far the other nodes were read, and the proposals they reported that may still change. */
interface Position {
  readonly cursor?: Json
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  readonly isBehind: boolean
  readonly dueAt: number
  /** Hosts that served readings beyond this position, with the last block that each of them served. */
  readonly servedBy: ReadonlyMap<string, bigint>
  /** The first of two reads from this position, if it takes two. */
  readonly half?: { readonly host: string | undefined; readonly read: GoodReading }
}

/** The history of a chain as read from the nodes that did not serve the readings, one after another. */
export interface SecondHistory {
  /** Sets the starting point to that of the first request; later calls have no effect. */
  begin(request: ReadRequest): void
  /**
   * Reads the next part from another node, if it is due: every ten minutes, or with every call while a backlog remains.
   * If every node has served a reading meanwhile, two of them read the part, because each may have hidden something. If
   * the node fails, the read is retried later. Never rejects.
   */
  readOn(request: ReadRequest, served: ServedReading, onRead: (other: GoodReading) => void): Promise<void>
}

const everyMs = 600_000
const againMs = 60_000
const limitMs = 10_000

export function createSecondHistory({ witnesses, known, now, scheduler }: CrossCheckOptions): SecondHistory {
  const first = witnesses[0]?.host
  let turn = 0
  let position: Position | undefined

  function begin({ cursor, open }: ReadRequest): void {
    position ??= {
      ...defined({ cursor }),
      proposals: new Map(open.map((proposal) => [keyOf(proposal), proposal])),
      isBehind: true,
      dueAt: 0,
      servedBy: new Map(),
    }
  }

  /** Returns the next node to read from, and whether it alone completes the part. */
  function nextNode({ servedBy, half }: Position): { readonly node?: GovernanceReader; readonly isEnough: boolean } {
    const all = [...witnesses.slice(1), ...witnesses.slice(0, 1)]
    const others = all.filter(({ host }) => host === undefined || !servedBy.has(host))
    const unread = half === undefined ? all : all.filter(({ host }) => host !== half.host)
    const candidates = [others, unread, all].find((nodes) => nodes.length > 0) ?? []
    const node = candidates[turn++ % candidates.length]
    return { ...defined({ node }), isEnough: others.length > 0 }
  }

  async function readOn(
    request: ReadRequest,
    { reading, servedBy = first }: ServedReading,
    onRead: (other: GoodReading) => void,
  ): Promise<void> {
    if (position === undefined) return
    const before = withServer(position, servedBy, reading.at.number)
    position = before
    if (!before.isBehind && now() < before.dueAt) return
    const { node, isEnough } = nextNode(before)
    if (node === undefined) return
    try {
      const read = await readFrom(node, before, request.signal, scheduler)
      if (read === undefined) return
      onRead(read)
      position =
        isEnough || before.half !== undefined
          ? { ...movedTo(before, isEnough ? read : lowerOf(read, before.half?.read)), dueAt: now() + everyMs }
          : { ...before, half: { host: node.host, read }, isBehind: true }
    } catch (cause) {
      const isLasting = cause instanceof SourceError && cause.kind === 'permanent'
      // A node that fails permanently will not serve this history in a minute either, so reading continues from the
      // present.
      position = isLasting
        ? { ...movedTo({ ...before, proposals: known().proposals }, reading), isBehind: false, dueAt: now() + everyMs }
        : { ...before, isBehind: false, dueAt: now() + againMs }
    }
  }

  return { begin, readOn }
}

/** @throws SourceError, transient, if the request is aborted. */
function readFrom(
  reader: GovernanceReader,
  { cursor, proposals }: Position,
  stop: AbortSignal,
  scheduler: SchedulerLike | undefined,
): Promise<GoodReading | undefined> {
  return firstValueFrom(
    merge(
      fromAbortable((signal) => reader.read({ ...defined({ cursor }), open: [...proposals.values()], signal })),
      stopped(stop, 'The read was stopped.'),
    ).pipe(timeout({ first: limitMs, ...defined({ scheduler }) })),
    { defaultValue: undefined },
  )
}

function withServer(position: Position, host: string | undefined, at: bigint): Position {
  return host === undefined ? position : { ...position, servedBy: new Map(position.servedBy).set(host, at) }
}

/** Returns the position at the end of a read. */
function movedTo({ half: _half, ...before }: Position, read: GoodReading): Position {
  return {
    ...before,
    ...stepSeen(before, read),
    isBehind: read.backlog > 0n,
    servedBy: new Map([...before.servedBy].filter(([, at]) => at > read.at.number)),
  }
}

/** Returns the read that covers less: only up to there have two nodes read. */
function lowerOf(read: GoodReading, other = read): GoodReading {
  return other.at.number < read.at.number ? other : read
}
