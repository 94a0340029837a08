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

/** How much there is, at one block. */
export interface Counts {
  /** Number of ballots, which is the id of the newest. */
  readonly ballots: bigint
  /** Number of votes, which is the id of the newest. */
  readonly votes: bigint
  /** The one ballot that is being voted on; 0 where none is. */
  readonly voting: bigint
  /** Accepts or rejects that decide a ballot, out of 10,000. */
  readonly threshold: bigint
}

export interface Overview {
  readonly at: Head
  /** Where the registry says everything is. */
  readonly contracts: WemixContracts
  /** Absent where the contracts asked are not those of the registry any more. */
  readonly counts?: Counts
  /** Those of the votes asked for that exist. */
  readonly votes: readonly CastVote[]
  readonly headers: readonly (Head | undefined)[]
  readonly nodeVersion?: string
}

// A member has to wait between two proposals: no chain comes near. Keeps a foreign contract from making us read for
// ever.
const mostBallots = 100_000n
const countViews = ['ballotLength', 'voteLength', 'getBallotInVoting', 'getThreshold'] as const

/**
 * What the governance counts, the votes of these ids, and what the registry says of the contracts that were asked:
 * one HTTP request, pinned to the target.
 *
 * @throws SourceError, permanent, where there is no WEMIX governance; transient where the block moved meanwhile.
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
      `${gov}, which the registry of ${chain} names as GovernanceContract, is no governance of WEMIX: it has no ${view}().`,
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

/** The votes of these ids that exist, at one block. */
export async function readVotes(
  { client }: ChainClient,
  storage: Address,
  ids: readonly bigint[],
  block: bigint,
): Promise<readonly CastVote[]> {
  return votesIn(await readCalls(client, votesById(storage, ids), block))
}

/** Asks for votes that may not exist. */
function votesById(storage: Address, ids: readonly bigint[]): readonly Call[] {
  return ids.map((id) => ({ address: storage, abi: ballotAbi, functionName: 'getVote', args: [id] }))
}

/** Those of the votes asked for that exist. */
function votesIn(answers: readonly Answer[]): readonly CastVote[] {
  return answers.map(voteOf).filter((vote) => vote !== undefined)
}
