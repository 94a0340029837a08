import type { CosmosServer } from '../../../support/servers/cosmosServer.js'
import { createHttpClient } from '../../../../src/transport/createHttpClient.js'
import { SourceError } from '../../../../src/domain/errors.js'
import type { Json } from '../../../../src/domain/text/json.js'
import { withPlanStanding } from '../../../../src/domain/proposals/withPlanStanding.js'
import { keyOf, type Proposal, type ProposalKey } from '../../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../../src/domain/reading.js'
import { createReader } from '../../../../src/sources/createReader.js'
import { stepSeen } from '../../../../src/sources/pollProposals.js'
import type { CosmosReaderOptions } from '../../../../src/sources/governance/cosmos/context.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import { createHttpEndpoints } from '../../../../src/sources/http/createHttpEndpoints.js'
import { lookAhead } from '../../../support/followReader.js'

export interface FollowOptions extends Partial<Omit<CosmosReaderOptions, 'rpc' | 'rest'>> {
  readonly rpc: readonly string[]
  readonly rest: readonly string[]
  readonly timeoutMs?: number
}

/** A reader of the chain `hub`, as the monitor would make it. */
export function readerOf({ rpc, rest, timeoutMs = 5_000, ...options }: FollowOptions): GovernanceReader {
  return createReader({
    system: 'cosmos',
    chain: 'hub',
    rpc: createHttpEndpoints({ chain: 'hub', urls: rpc, timeoutMs, http: createHttpClient() }),
    rest: createHttpEndpoints({ chain: 'hub', urls: rest, timeoutMs, http: createHttpClient() }),
    now: () => Date.now(),
    ...options,
  })
}

/** The `SourceError` a read ends with; anything else, success included, is thrown. */
export async function failureOf(read: Promise<unknown>): Promise<SourceError> {
  try {
    await read
  } catch (error) {
    if (error instanceof SourceError) return error
    throw error
  }
  throw new Error('The read succeeded.')
}

/** What a monitor remembers between two polls. */
export interface Follower {
  readonly reader: GovernanceReader
  readonly proposals: Map<ProposalKey, Proposal>
  readonly cursor: () => Json | undefined
  /** Reads until the reader has caught up. Returns the last portion, with the proposals and warnings of all of them. */
  readonly poll: () => Promise<GoodReading>
  readonly portion: () => Promise<GoodReading>
  /** The proposal as it was last read. */
  readonly proposal: (id: number | string, contract?: string) => Proposal | undefined
  /** A new process that continues from the cursor of this one. */
  readonly restarted: () => Follower
}

/** Follows a chain as the monitor does. */
export function follow(
  options: FollowOptions,
  start?: { readonly cursor: Json | undefined; readonly proposals: Map<ProposalKey, Proposal> },
): Follower {
  const reader = readerOf(options)
  const proposals = new Map(start?.proposals)
  let seen: Parameters<typeof stepSeen>[0] = { proposals: new Map(proposals) }
  let cursor = start?.cursor
  const portion = async (): Promise<GoodReading> => {
    const reading = await reader.read({
      ...(await lookAhead(reader, cursor)),
      open: [...seen.proposals.values()],
      signal: new AbortController().signal,
    })
    seen = stepSeen(seen, reading)
    for (const proposal of reading.proposals) proposals.set(keyOf(proposal), proposal)
    for (const standing of reading.standings ?? []) {
      const proposal = proposals.get(standing.key)
      if (proposal !== undefined) proposals.set(standing.key, withPlanStanding(proposal, standing))
    }
    cursor = reading.cursor
    return reading
  }
  return {
    reader,
    proposals,
    cursor: () => cursor,
    portion,
    async poll() {
      const readings: GoodReading[] = []
      for (;;) {
        const reading = await portion()
        readings.push(reading)
        if (reading.backlog === 0n) {
          return {
            ...reading,
            proposals: readings.flatMap((one) => one.proposals),
            warnings: readings.flatMap(({ warnings }) => warnings),
          }
        }
      }
    },
    proposal: (id, contract = 'gov') => proposals.get(keyOf({ chain: 'hub', contract, id: String(id) })),
    restarted: () => follow(options, { cursor: cursor === undefined ? undefined : structuredClone(cursor), proposals }),
  }
}

/** Polls after one more block. */
export async function nextPoll(server: Pick<CosmosServer, 'mine'>, hub: Follower): Promise<GoodReading> {
  server.mine(1)
  return hub.poll()
}
