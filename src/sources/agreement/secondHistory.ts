import { firstValueFrom, merge, timeout } from 'rxjs'
import { defined } from '../../domain/defined.js'
import { SourceError } from '../../domain/errors.js'
import { keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import type { Json } from '../../domain/text/json.js'
import type { CrossCheckOptions } from './crossCheck.js'
import { fromAbortable, stopped } from '../fromAbortable.js'
import type { GovernanceReader, ReadRequest } from '../governance/GovernanceReader.js'
import { stepSeen } from '../pollProposals.js'

/** How far the other nodes were read, and the proposals they reported that may still change. */
interface Position {
  readonly cursor?: Json
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  readonly isBehind: boolean
  readonly dueAt: number
}

/** The history of a chain as read from the nodes other than the first, one after another. */
export interface SecondHistory {
  /** Sets the starting point to that of the first request; later calls have no effect. */
  begin(request: ReadRequest): void
  /**
   * Reads the next part from another node, if it is due: every ten minutes, or with every call while a backlog remains.
   * If the node fails, the read is retried later. Never rejects.
   */
  readOn(request: ReadRequest, reading: GoodReading, onRead: (other: GoodReading) => void): Promise<void>
}

const everyMs = 600_000
const againMs = 60_000
const limitMs = 10_000

export function createSecondHistory({ witnesses, known, now, scheduler }: CrossCheckOptions): SecondHistory {
  const others = witnesses.slice(1)
  let turn = 0
  let position: Position | undefined

  function begin({ cursor, open }: ReadRequest): void {
    position ??= {
      ...defined({ cursor }),
      proposals: new Map(open.map((proposal) => [keyOf(proposal), proposal])),
      isBehind: true,
      dueAt: 0,
    }
  }

  /** @throws SourceError, transient, if the request is aborted. */
  function limited(
    reader: GovernanceReader,
    { cursor, proposals }: Position,
    stop: AbortSignal,
  ): Promise<GoodReading | undefined> {
    return firstValueFrom(
      merge(
        fromAbortable((signal) => reader.read({ ...defined({ cursor }), open: [...proposals.values()], signal })),
        stopped(stop, 'The read was stopped.'),
      ).pipe(timeout({ first: limitMs, ...defined({ scheduler }) })),
      { defaultValue: undefined },
    )
  }

  async function readOn(
    request: ReadRequest,
    reading: GoodReading,
    onRead: (other: GoodReading) => void,
  ): Promise<void> {
    const before = position
    const other = others[turn++ % others.length]
    if (before === undefined || other === undefined || (!before.isBehind && now() < before.dueAt)) return
    try {
      const read = await limited(other, before, request.signal)
      if (read === undefined) return
      onRead(read)
      position = { ...stepSeen(before, read), isBehind: read.backlog > 0n, dueAt: now() + everyMs }
    } catch (cause) {
      const isLasting = cause instanceof SourceError && cause.kind === 'permanent'
      // A node that fails permanently will not serve this history in a minute either, so reading continues from the
      // present.
      position = isLasting
        ? { ...stepSeen({ proposals: known().proposals }, reading), isBehind: false, dueAt: now() + everyMs }
        : { ...before, isBehind: false, dueAt: now() + againMs }
    }
  }

  return { begin, readOn }
}
