import { createHttpClient } from '../../../../src/transport/createHttpClient.js'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import type { Json } from '../../../../src/domain/text/json.js'
import { keyOf, type Proposal, type ProposalKey } from '../../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../../src/domain/reading.js'
import { createReader } from '../../../../src/sources/createReader.js'
import type { GovernorReaderOptions } from '../../../../src/sources/governance/governor/context.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import { checksummed } from '../../../../src/sources/governance/evm/contracts.js'
import { createEndpoints } from '../../../../src/sources/rpc/createEndpoints.js'
import { lookAhead } from '../../../support/followReader.js'

export type FollowOptions = Partial<Omit<GovernorReaderOptions, 'endpoints' | 'addresses'>> & {
  readonly urls: readonly string[]
  readonly addresses: readonly string[]
}

/** A reader of the chain `local`, as the monitor would make it. */
export function readerOf({ urls, addresses, ...options }: FollowOptions): GovernanceReader {
  return createReader({
    system: 'governor',
    chain: 'local',
    endpoints: createEndpoints({ urls, timeoutMs: 20_000, http: createHttpClient() }),
    addresses: addresses.map((address) => checksummed(address, 'local')),
    fromBlock: 0n,
    finality: 'latest',
    maxLogRange: 10_000,
    describe: (raw) => describeProposal(raw, []),
    now: () => Date.now(),
    ...options,
  })
}

/** What a monitor remembers between two polls. */
export interface Follower {
  readonly reader: GovernanceReader
  readonly proposals: Map<ProposalKey, Proposal>
  readonly cursor: () => Json | undefined
  /** Reads until the reader has caught up, and remembers what it said. The answer is all of it, in one. */
  readonly poll: () => Promise<GoodReading>
  /** One portion. */
  readonly portion: () => Promise<GoodReading>
  /** The proposal of this id as it was last read. */
  readonly proposal: (id: bigint) => Proposal | undefined
  /** Another process that goes on where this one stands: the state is what JSON and a store would keep. */
  readonly restarted: (options: FollowOptions) => Follower
}

/** Follows a chain as the monitor does. */
export function follow(
  options: FollowOptions,
  start?: { readonly cursor: Json | undefined; readonly proposals: Map<ProposalKey, Proposal> },
): Follower {
  const reader = readerOf(options)
  const proposals = new Map(start?.proposals)
  let cursor = start?.cursor
  const follower: Follower = {
    reader,
    proposals,
    cursor: () => cursor,
    async portion() {
      const reading = await reader.read({
        ...(await lookAhead(reader, cursor)),
        open: [...proposals.values()],
        signal: new AbortController().signal,
      })
      for (const proposal of reading.proposals) proposals.set(keyOf(proposal), proposal)
      for (const key of reading.retracted) proposals.delete(key)
      cursor = reading.cursor
      return reading
    },
    async poll() {
      const readings: GoodReading[] = []
      for (;;) {
        const reading = await follower.portion()
        readings.push(reading)
        if (reading.backlog === 0n) {
          return {
            ...reading,
            votes: readings.flatMap(({ votes }) => votes),
            retracted: readings.flatMap(({ retracted }) => retracted),
            warnings: readings.flatMap(({ warnings }) => warnings),
          }
        }
      }
    },
    proposal: (id) => [...proposals.values()].find((proposal) => proposal.id === id.toString()),
    restarted: (next) =>
      follow(next, { cursor: cursor === undefined ? undefined : structuredClone(cursor), proposals }),
  }
  return follower
}
