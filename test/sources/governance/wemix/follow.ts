import { createHttpClient } from '../../../../src/transport/createHttpClient.js'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import type { Json } from '../../../../src/domain/text/json.js'
import { keyOf, type Proposal, type ProposalKey } from '../../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../../src/domain/reading.js'
import { stepSeen } from '../../../../src/sources/pollProposals.js'
import { createReader } from '../../../../src/sources/createReader.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import type { WemixReaderOptions } from '../../../../src/sources/governance/wemix/context.js'
import { createEndpoints } from '../../../../src/sources/rpc/createEndpoints.js'
import { lookAhead } from '../../../support/followReader.js'

export type FollowOptions = Partial<Omit<WemixReaderOptions, 'endpoints'>> & { readonly urls: readonly string[] }

/** A reader of the chain `local`, as the monitor would make it. */
export function readerOf({ urls, ...options }: FollowOptions): GovernanceReader {
  return createReader({
    system: 'wemix',
    chain: 'local',
    endpoints: createEndpoints({ urls, timeoutMs: 20_000, http: createHttpClient() }),
    fromBlock: 0n,
    finality: 'latest',
    maxLogRange: 10_000,
    describe: (raw) => describeProposal(raw, []),
    now: () => Date.now(),
    ...options,
  })
}

interface Seen {
  readonly cursor?: Json
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
}

/** What a monitor remembers between two polls. */
export interface Follower {
  readonly reader: GovernanceReader
  /** All that were ever read, as they were read last. */
  readonly proposals: Map<ProposalKey, Proposal>
  readonly poll: () => Promise<GoodReading>
  /** The newest proposal of this id. */
  readonly proposal: (id: bigint) => Proposal | undefined
  readonly cursor: () => Json | undefined
  /** Another process that goes on where this one stands. */
  readonly restarted: (options: FollowOptions) => Follower
}

/** Follows a chain as the monitor does. */
export function follow(
  options: FollowOptions,
  start: Seen & { readonly all?: Map<ProposalKey, Proposal> } = { proposals: new Map() },
): Follower {
  const reader = readerOf(options)
  const proposals = new Map(start.all)
  let seen: Seen = start
  return {
    reader,
    proposals,
    async poll() {
      const reading = await reader.read({
        ...(await lookAhead(reader, seen.cursor)),
        open: [...seen.proposals.values()],
        signal: new AbortController().signal,
      })
      seen = stepSeen(seen, reading)
      for (const key of reading.retracted) proposals.delete(key)
      for (const proposal of reading.proposals) proposals.set(keyOf(proposal), proposal)
      return reading
    },
    proposal: (id) => [...proposals.values()].findLast((proposal) => proposal.id === id.toString()),
    cursor: () => seen.cursor,
    restarted: (next) => follow(next, { ...structuredClone({ ...seen }), all: proposals }),
  }
}
