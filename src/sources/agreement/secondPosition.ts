import * as z from 'zod'
import { defined } from '../../domain/defined.js'
import { keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import type { Json } from '../../domain/text/json.js'
import type { GovernanceReader, ReadRequest } from '../governance/GovernanceReader.js'
import { whole } from '../governance/storedCursor.js'
import { stepSeen } from '../pollProposals.js'

/** One read of the part that follows a position. */
export interface PartRead {
  readonly node: GovernanceReader
  readonly read: GoodReading
}

/** How far the other nodes were read, and the proposals they reported that may still change. */
export interface SecondPosition {
  readonly cursor?: Json
  /** The last block that was read. */
  readonly readTo: bigint
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  readonly isBehind: boolean
  readonly dueAt: number
  /** Hosts that served readings beyond this position, with the last block that each of them served. */
  readonly servedBy: ReadonlyMap<string, bigint>
  /** The reads from this position, if more are needed. */
  readonly reads: readonly PartRead[]
}

const schema = z.object({
  v: z.literal(1),
  cursor: z.exactOptional(z.json()),
  readTo: whole,
  servedBy: z.array(z.tuple([z.string(), whole])),
})

/** Returns what a restart needs of a position. The proposals are not part of it, because the state has them. */
export function formatPosition({ cursor, readTo, servedBy }: SecondPosition): Json {
  const hosts = [...servedBy].map(([host, at]): Json => [host, at.toString()])
  return { v: 1, ...defined({ cursor }), readTo: readTo.toString(), servedBy: hosts }
}

/**
 * Returns the position that an earlier process stored; without one, or if it cannot be read, the position at which the
 * first request starts. Only hosts that are still configured are kept.
 */
export function positionFrom(
  stored: Json | undefined,
  { cursor, open }: Pick<ReadRequest, 'cursor' | 'open'>,
  witnesses: readonly GovernanceReader[],
): SecondPosition {
  const { data } = schema.safeParse(stored)
  const hosts = new Set(witnesses.map(({ host }) => host))
  const start = data ?? { ...defined({ cursor }), readTo: undefined, servedBy: [] }
  return {
    ...defined({ cursor: start.cursor }),
    readTo: start.readTo ?? 0n,
    proposals: new Map(
      open
        .filter(({ origin }) => start.readTo === undefined || (origin?.block ?? 0n) <= start.readTo)
        .map((proposal) => [keyOf(proposal), proposal]),
    ),
    isBehind: true,
    dueAt: 0,
    servedBy: new Map(start.servedBy.filter(([host]) => hosts.has(host))),
    reads: [],
  }
}

/** Returns the position with one more host that served a reading. */
export function withServer<Position extends Pick<SecondPosition, 'servedBy'>>(
  position: Position,
  host: string | undefined,
  at: bigint,
): Position {
  return host === undefined ? position : { ...position, servedBy: new Map(position.servedBy).set(host, at) }
}

/** Returns the position at the end of a read. */
export function movedTo(before: SecondPosition, read: GoodReading): SecondPosition {
  return {
    ...before,
    ...stepSeen(before, read),
    readTo: read.at.number,
    isBehind: read.backlog > 0n,
    servedBy: new Map([...before.servedBy].filter(([, at]) => at > read.at.number)),
    reads: [],
  }
}
