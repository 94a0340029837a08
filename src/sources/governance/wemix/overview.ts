import type { Address } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import { type Answer, type Call, readCalls } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import type { Target } from '../evm/target.js'
import { readWindow } from '../evm/readWindow.js'
import { ballotAbi, type CastVote, govAbi, voteOf } from './decode.js'
import { locate, located, locatingCalls } from './contracts.js'
import type { WemixContracts } from './context.js'

/** The counts of the governance contracts at one block. */
export interface Counts {
  /** Number of ballots, which is also the id of the newest. */
  readonly ballots: bigint
  /** Number of votes, which is also the id of the newest. */
  readonly votes: bigint
  /** The only ballot in voting; 0 if there is none. */
  readonly voting: bigint
  /** Number of accepts or rejects that decides a ballot, out of 10,000. */
  readonly threshold: bigint
}

export interface Overview {
  readonly at: Head
  /** The contract addresses in the registry. */
  readonly contracts: WemixContracts
  /** Absent if the contracts that were read are no longer those of the registry. */
  readonly counts?: Counts
  /** The requested votes that exist. */
  readonly votes: readonly CastVote[]
  readonly headers: readonly (Head | undefined)[]
  readonly nodeVersion?: string
}

// Maximum number of ballots, so that a foreign contract cannot cause requests without end. Members have to wait between
// two proposals, so no chain has nearly as many.
const mostBallots = 100_000n
const countViews = ['ballotLength', 'voteLength', 'getBallotInVoting', 'getThreshold'] as const

/**
 * Reads the counts of the governance, the votes with these ids, and the contract addresses in the registry: one HTTP
 * request, all at the target block.
 *
 * @throws SourceError, permanent, if there is no WEMIX governance; transient, if the block was replaced meanwhile.
 */
export async function readCounts(
  node: ChainClient,
  target: Target,
  assumed: WemixContracts,
  voteIds: readonly bigint[] = [],
  headers: readonly bigint[] = [],
): Promise<Overview> {
  const {
    end,
    answers,
    headers: read,
    nodeVersion,
  } = await readWindow(node, {
    filter: { addresses: new Set(), topics: [] },
    from: target.number + 1n,
    to: target.number,
    hash: target.hash,
    headers,
    calls: [
      ...locate(assumed.registry),
      ...countViews.map((functionName) => ({ address: assumed.gov, abi: govAbi, functionName })),
      ...votesById(assumed.ballots, voteIds),
    ],
  })
  const contracts = located(assumed.registry, answers, node.chain)
  const hasMoved = contracts.gov !== assumed.gov || contracts.ballots !== assumed.ballots
  const numbers = answers.slice(locatingCalls, locatingCalls + countViews.length)
  return {
    at: end,
    contracts,
    ...(!hasMoved && { counts: countsIn(numbers, contracts, node.chain) }),
    votes: votesIn(answers.slice(locatingCalls + countViews.length)),
    headers: read,
    ...defined({ nodeVersion }),
  }
}

function countsIn(answers: readonly Answer[], { gov }: WemixContracts, chain: string): Counts {
  const [ballots, votes, voting, threshold] = countViews.map((view, index) => {
    const answer = answers[index]
    if (answer?.ok === true && typeof answer.value === 'bigint') return answer.value
    throw new SourceError(
      'permanent',
      `${gov}, which the registry of ${chain} names as GovernanceContract, is not a WEMIX governance contract: it has no ${view}().`,
    )
  })
  if (ballots === undefined || ballots > mostBallots) {
    throw new SourceError(
      'permanent',
      `${gov} of ${chain} says it has ${ballots ?? 'no'} ballots, more than any chain could hold. Check governance.address.`,
    )
  }
  return { ballots, votes: votes ?? 0n, voting: voting ?? 0n, threshold: threshold ?? 0n }
}

/** Reads the votes with these ids, as far as they exist, at one block. */
export async function readVotes(
  { client }: ChainClient,
  storage: Address,
  ids: readonly bigint[],
  block: bigint,
): Promise<readonly CastVote[]> {
  return votesIn(await readCalls(client, votesById(storage, ids), block))
}

/** The calls for votes that may not exist. */
function votesById(storage: Address, ids: readonly bigint[]): readonly Call[] {
  return ids.map((id) => ({ address: storage, abi: ballotAbi, functionName: 'getVote', args: [id] }))
}

/** The requested votes that exist. */
function votesIn(answers: readonly Answer[]): readonly CastVote[] {
  return answers.map(voteOf).filter((vote) => vote !== undefined)
}
