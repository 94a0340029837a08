import type { Json } from '../../src/domain/text/json.js'
import { keyOf, type Proposal, type ProposalKey } from '../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import type { GovernanceReader, ReadRequest } from '../../src/sources/governance/GovernanceReader.js'
import { stepSeen } from '../../src/sources/pollProposals.js'

interface Seen {
  readonly cursor?: Json
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
}

/** What a monitor remembers between two polls. */
export interface Follower {
  readonly reader: GovernanceReader
  /** All proposals ever read, as last read. */
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  readonly cursor: () => Json | undefined
  /** One portion. */
  readonly portion: () => Promise<GoodReading>
  /** Reads until the reader has caught up, and returns everything as one reading. */
  readonly poll: () => Promise<GoodReading>
  /** The newest proposal of this id. */
  readonly proposal: (id: bigint) => Proposal | undefined
  /**
   * Another process that continues from this one: the state is what JSON and a store would
   * keep.
   */
  readonly restarted: (reader: GovernanceReader) => Follower
}

/**
 * What a poll of the monitor knows of the past: the first one reads for itself, later ones are
 * given the head.
 */
export async function lookAhead(
  reader: GovernanceReader,
  cursor: Json | undefined,
): Promise<Pick<ReadRequest, 'cursor' | 'head'>> {
  if (cursor === undefined) return {}
  const head = await reader.readHead?.(new AbortController().signal)
  return { cursor, ...(head !== undefined && { head }) }
}

/** Follows a chain as the monitor does. */
export function followReader(reader: GovernanceReader, start: Seen = { proposals: new Map() }): Follower {
  const proposals = new Map(start.proposals)
  let seen: Seen = start
  const portion = async (): Promise<GoodReading> => {
    const reading = await reader.read({
      ...(await lookAhead(reader, seen.cursor)),
      open: [...seen.proposals.values()],
      signal: new AbortController().signal,
    })
    seen = stepSeen(seen, reading)
    for (const key of reading.retracted) proposals.delete(key)
    for (const proposal of reading.proposals) proposals.set(keyOf(proposal), proposal)
    return reading
  }
  return {
    reader,
    proposals,
    cursor: () => seen.cursor,
    portion,
    async poll() {
      const readings: GoodReading[] = []
      for (;;) {
        const reading = await portion()
        readings.push(reading)
        if (reading.backlog > 0n) continue
        return {
          ...reading,
          votes: readings.flatMap(({ votes }) => votes),
          retracted: readings.flatMap(({ retracted }) => retracted),
          warnings: readings.flatMap(({ warnings }) => warnings),
        }
      }
    },
    proposal: (id) => [...proposals.values()].findLast((proposal) => proposal.id === id.toString()),
    restarted: (next) => followReader(next, structuredClone(seen)),
  }
}
